#include <string>

#include "system/file_facts.h"
#include "system/windows/api.h"

namespace gfnet::system {

std::optional<std::filesystem::path> path_of_open_file(int file) {
  const HANDLE handle = handle_of(file);
  const DWORD needed = ::GetFinalPathNameByHandleW(handle, nullptr, 0, FILE_NAME_NORMALIZED);
  if (needed == 0) return std::nullopt;
  std::wstring path(needed, L'\0');
  path.resize(::GetFinalPathNameByHandleW(handle, path.data(), needed, FILE_NAME_NORMALIZED));
  return std::filesystem::path(usual(path));
}

}  // namespace gfnet::system
