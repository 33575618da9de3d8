#include "system/windows/api.h"

#include <io.h>

#include <cerrno>

namespace gfnet::system {
namespace {

/// Of paths that Windows takes as they are, without a limit of 260 characters.
constexpr std::wstring_view kLongPrefix = L"\\\\?\\";

}  // namespace

int errno_of(DWORD error) {
  switch (error) {
    case ERROR_SUCCESS:
      return 0;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_NETPATH:
      return ENOENT;
    case ERROR_DIRECTORY:
      return ENOTDIR;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
      return EACCES;
    case ERROR_PRIVILEGE_NOT_HELD:
      return EPERM;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
      return EEXIST;
    case ERROR_DIR_NOT_EMPTY:
      return ENOTEMPTY;
    case ERROR_NOT_SAME_DEVICE:
      return EXDEV;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
      return ENOSPC;
    case ERROR_WRITE_PROTECT:
      return EROFS;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_COMMITMENT_LIMIT:
      return ENOMEM;
    case ERROR_TOO_MANY_OPEN_FILES:
      return EMFILE;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
      return EPIPE;
    case ERROR_INVALID_HANDLE:
      return EBADF;
    case ERROR_INVALID_PARAMETER:
      return EINVAL;
    case ERROR_INVALID_FUNCTION:
    case ERROR_NOT_SUPPORTED:
    case ERROR_CALL_NOT_IMPLEMENTED:
      return ENOSYS;
    case ERROR_FILENAME_EXCED_RANGE:
      return ENAMETOOLONG;
    default:
      return EIO;
  }
}

int fail_with_last_error() {
  errno = errno_of(::GetLastError());
  return -1;
}

std::wstring wide(std::string_view utf8) {
  const int bytes = static_cast<int>(utf8.size());
  std::wstring text(
      static_cast<std::size_t>(::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), bytes, nullptr, 0)),
      L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), bytes, text.data(), static_cast<int>(text.size()));
  return text;
}

std::string narrow(std::wstring_view text) {
  const int units = static_cast<int>(text.size());
  std::string utf8(static_cast<std::size_t>(::WideCharToMultiByte(CP_UTF8, 0, text.data(), units,
                                                                  nullptr, 0, nullptr, nullptr)),
                   '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text.data(), units, utf8.data(), static_cast<int>(utf8.size()),
                        nullptr, nullptr);
  return utf8;
}

std::wstring native(const std::filesystem::path& path) {
  constexpr std::size_t kShort = 240;  // MAX_PATH, with room for a name in a folder
  const std::wstring& given = path.native();
  if (given.empty() || given.starts_with(kLongPrefix)) return given;
  if (path.is_absolute() && given.size() < kShort) return given;
  std::wstring full(::GetFullPathNameW(given.c_str(), 0, nullptr, nullptr), L'\0');
  full.resize(
      ::GetFullPathNameW(given.c_str(), static_cast<DWORD>(full.size()), full.data(), nullptr));
  if (full.size() < kShort) return given;
  if (full.starts_with(L"\\\\")) return std::wstring(kLongPrefix) + L"UNC" + full.substr(1);
  return std::wstring(kLongPrefix) + full;
}

std::wstring usual(const std::filesystem::path& path) {
  constexpr std::wstring_view kLongShare = L"\\\\?\\UNC\\";
  const std::wstring& given = path.native();
  if (given.starts_with(kLongShare)) return L"\\\\" + given.substr(kLongShare.size());
  return given.starts_with(kLongPrefix) ? given.substr(kLongPrefix.size()) : given;
}

HANDLE handle_of(int file) {
  if (file < 0) return INVALID_HANDLE_VALUE;
  return reinterpret_cast<HANDLE>(::_get_osfhandle(file));
}

std::wstring command_line(const std::vector<std::string>& words) {
  // Backslashes are as they are, except before a quotation mark, where each is written twice.
  std::wstring line;
  for (const std::string& word : words) {
    if (!line.empty()) line += L' ';
    line += L'"';
    std::size_t slashes = 0;
    for (const wchar_t unit : wide(word)) {
      if (unit == L'"') line.append(slashes + 1, L'\\');
      slashes = unit == L'\\' ? slashes + 1 : 0;
      line += unit;
    }
    line.append(slashes, L'\\');
    line += L'"';
  }
  return line;
}

}  // namespace gfnet::system
