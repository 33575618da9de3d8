#include <string>

#include "system/file_facts.h"
#include "system/windows/api.h"

namespace gfnet::system {

std::optional<std::filesystem::path> path_of_open_file(int file) {
  constexpr std::wstring_view kPrefix = L"\\\\?\\";
  constexpr std::wstring_view kSharePrefix =
      L"\\\\?\\UNC\\";  // \\?\UNC\server\share is \\server\share
  const HANDLE handle = handle_of(file);
  const DWORD needed = ::GetFinalPathNameByHandleW(handle, nullptr, 0, FILE_NAME_NORMALIZED);
  if (needed == 0) return std::nullopt;
  std::wstring path(needed, L'\0');
  path.resize(::GetFinalPathNameByHandleW(handle, path.data(), needed, FILE_NAME_NORMALIZED));
  if (path.starts_with(kSharePrefix)) return L"\\\\" + path.substr(kSharePrefix.size());
  return std::filesystem::path(path.starts_with(kPrefix) ? path.substr(kPrefix.size()) : path);
}

}  // namespace gfnet::system
