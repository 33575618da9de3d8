#include "system/folder_entries.h"

#include <memory>
#include <string_view>

#include "system/windows/api.h"

namespace gfnet::system {
namespace {

FileFacts::Kind kind_of(const WIN32_FIND_DATAW& entry) {
  using Kind = FileFacts::Kind;
  // Other reparse points, such as those of files that are in a cloud, are what they look like.
  const bool is_link = (entry.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
                       (entry.dwReserved0 == IO_REPARSE_TAG_SYMLINK ||
                        entry.dwReserved0 == IO_REPARSE_TAG_MOUNT_POINT);
  if (is_link) return Kind::kLink;
  if ((entry.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return Kind::kFolder;
  return (entry.dwFileAttributes & FILE_ATTRIBUTE_DEVICE) != 0 ? Kind::kOther : Kind::kRegular;
}

std::error_code last_error() { return {errno_of(::GetLastError()), std::generic_category()}; }

}  // namespace

std::error_code for_each_entry(const std::filesystem::path& folder,
                               const std::function<void(const FolderEntry&)>& take) {
  if (folder.empty()) return std::make_error_code(std::errc::no_such_file_or_directory);
  WIN32_FIND_DATAW found{};
  const HANDLE search =
      ::FindFirstFileExW(native(folder / "*").c_str(), FindExInfoBasic, &found,
                         FindExSearchNameMatch, nullptr, FIND_FIRST_EX_LARGE_FETCH);
  if (search == INVALID_HANDLE_VALUE) {
    // The root of a drive may have no entries at all.
    return ::GetLastError() == ERROR_FILE_NOT_FOUND ? std::error_code() : last_error();
  }
  const std::unique_ptr<void, decltype(&::FindClose)> closes(search, &::FindClose);
  do {
    const std::wstring_view name = found.cFileName;
    if (name != L"." && name != L"..") take({folder / name, kind_of(found)});
  } while (::FindNextFileW(search, &found));
  return ::GetLastError() == ERROR_NO_MORE_FILES ? std::error_code() : last_error();
}

}  // namespace gfnet::system
