#include "system/library.h"

#include <dlfcn.h>

namespace gfnet::system {

void* open_library(const std::filesystem::path& path) {
  return ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
}

void* symbol_of(void* library, const char* name) { return ::dlsym(library, name); }

std::string library_fault() { return ::dlerror(); }

}  // namespace gfnet::system
