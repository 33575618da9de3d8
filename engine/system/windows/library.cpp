#include "system/library.h"

#include <system_error>

#include "system/windows/api.h"

namespace gfnet::system {

void* open_library(const std::filesystem::path& path) {
  const DWORD flags = path.is_absolute() ? LOAD_WITH_ALTERED_SEARCH_PATH : 0;
  return ::LoadLibraryExW(path.c_str(), nullptr, flags);
}

void* symbol_of(void* library, const char* name) {
  return reinterpret_cast<void*>(::GetProcAddress(static_cast<HMODULE>(library), name));
}

std::string library_fault() {
  return std::system_category().message(static_cast<int>(::GetLastError()));
}

}  // namespace gfnet::system
