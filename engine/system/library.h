#pragma once

#include <filesystem>
#include <string>

namespace gfnet::system {

/// Opens a shared library, which stays open until the process ends. path: a path, or a name that
/// the system looks for. nullptr if that fails.
void* open_library(const std::filesystem::path& path);
/// Address of what a library exports under this name. nullptr if there is none.
void* symbol_of(void* library, const char* name);
/// Why the last of these calls failed in this thread.
std::string library_fault();

}  // namespace gfnet::system
