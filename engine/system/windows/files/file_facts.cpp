#include "system/file_facts.h"

#include <cerrno>

#include "system/windows/api.h"

namespace gfnet::system {
namespace {

std::optional<FileFacts> facts_in(HANDLE handle) {
  using Kind = FileFacts::Kind;
  FileFacts facts;
  if (::GetFileType(handle) != FILE_TYPE_DISK) {
    if (handle != INVALID_HANDLE_VALUE) return facts;
    errno = EBADF;
    return std::nullopt;
  }
  BY_HANDLE_FILE_INFORMATION found{};
  FILE_STANDARD_INFO standard{};
  if (!::GetFileInformationByHandle(handle, &found) ||
      !::GetFileInformationByHandleEx(handle, FileStandardInfo, &standard, sizeof standard)) {
    fail_with_last_error();
    return std::nullopt;
  }
  const DWORD attributes = found.dwFileAttributes;
  facts.kind = (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 ? Kind::kLink
               : (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0   ? Kind::kFolder
                                                                : Kind::kRegular;
  facts.bytes = std::uint64_t{found.nFileSizeHigh} << 32 | found.nFileSizeLow;
  facts.names = standard.DeletePending ? 0 : found.nNumberOfLinks;
  facts.identity = {found.dwVolumeSerialNumber,
                    std::uint64_t{found.nFileIndexHigh} << 32 | found.nFileIndexLow};
  return facts;
}

/// Whether one of the folders that a path leads through is a file. Windows says of such a path only
/// that it does not exist.
bool leads_through_file(const std::filesystem::path& path) {
  for (std::filesystem::path folder = path.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    const DWORD attributes = ::GetFileAttributesW(native(folder).c_str());
    if (attributes != INVALID_FILE_ATTRIBUTES) return (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
  }
  return false;
}

std::optional<FileFacts> facts_at(const std::filesystem::path& path, DWORD flags) {
  const HANDLE handle =
      ::CreateFileW(native(path).c_str(), FILE_READ_ATTRIBUTES,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                    FILE_FLAG_BACKUP_SEMANTICS | flags, nullptr);
  if (handle == INVALID_HANDLE_VALUE) {
    fail_with_last_error();
    if (errno == ENOENT && leads_through_file(path)) errno = ENOTDIR;
    return std::nullopt;
  }
  std::optional<FileFacts> facts = facts_in(handle);
  ::CloseHandle(handle);
  return facts;
}

}  // namespace

std::optional<FileFacts> facts_of(const std::filesystem::path& path) { return facts_at(path, 0); }

std::optional<FileFacts> facts_of_entry(const std::filesystem::path& path) {
  return facts_at(path, FILE_FLAG_OPEN_REPARSE_POINT);
}

std::optional<FileFacts> facts_of(int file) { return facts_in(handle_of(file)); }

bool is_appended(int) { return false; }  // handles do not say so

}  // namespace gfnet::system
