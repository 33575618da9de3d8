#include "system/file_names.h"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

#include "system/windows/api.h"
#include "system/windows/files/lifted_read_only.h"

namespace gfnet::system {
namespace {

int result_of(bool is_done) { return is_done ? 0 : errno_of(::GetLastError()); }

/// FILE_RENAME_INFO of Windows 10 (1607), which not all headers have.
struct RenameInfo {
  DWORD flags;
  HANDLE root;
  DWORD name_bytes;
  wchar_t name[1];
};
constexpr auto kRenameInfoEx = static_cast<FILE_INFO_BY_HANDLE_CLASS>(22);
constexpr DWORD kReplace = 1;
constexpr DWORD kLikePosix = 2;

/// Replaces a file that other processes have open, which MoveFileExW() cannot. Older versions of
/// Windows and some file systems cannot do this.
bool replace_open_file(const std::filesystem::path& source, const std::filesystem::path& target) {
  const HANDLE file = ::CreateFileW(native(source).c_str(), DELETE | SYNCHRONIZE,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
  if (file == INVALID_HANDLE_VALUE) return false;
  const std::wstring name = native(std::filesystem::absolute(target));
  const std::size_t name_bytes = name.size() * sizeof(wchar_t);
  std::vector<std::byte> memory(sizeof(RenameInfo) + name_bytes);
  RenameInfo info{kReplace | kLikePosix, nullptr, static_cast<DWORD>(name_bytes), {}};
  std::memcpy(memory.data(), &info, sizeof info);
  std::memcpy(memory.data() + offsetof(RenameInfo, name), name.c_str(),
              name_bytes + sizeof(wchar_t));
  const bool is_done = ::SetFileInformationByHandle(file, kRenameInfoEx, memory.data(),
                                                    static_cast<DWORD>(memory.size())) != 0;
  ::CloseHandle(file);
  return is_done;
}

}  // namespace

int replace_file(const std::filesystem::path& source, const std::filesystem::path& target) {
  if (replace_open_file(source, target)) return 0;
  return result_of(::MoveFileExW(native(source).c_str(), native(target).c_str(),
                                 MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) != 0);
}

int link_file(const std::filesystem::path& source, const std::filesystem::path& target) {
  const int error =
      result_of(::CreateHardLinkW(native(target).c_str(), native(source).c_str(), nullptr) != 0);
  return error == ENOSYS || error == EPERM ? EXDEV : error;
}

int make_symbolic_link(const std::filesystem::path& text, const std::filesystem::path& target) {
  constexpr DWORD kUnprivileged = 2;  // in the developer mode of Windows
  return result_of(::CreateSymbolicLinkW(native(target).c_str(), text.c_str(), kUnprivileged) != 0);
}

int remove_file(const std::filesystem::path& path) {
  const std::wstring name = native(path);
  const int error = result_of(::DeleteFileW(name.c_str()) != 0);
  if (error != EACCES) return error;
  const LiftedReadOnly lifted(path);
  return lifted.is_lifted() ? result_of(::DeleteFileW(name.c_str()) != 0) : error;
}

int remove_empty_folder(const std::filesystem::path& path) {
  return result_of(::RemoveDirectoryW(native(path).c_str()) != 0);
}

bool concerns_disk(int error) { return error == ENOSPC || error == EROFS || error == EIO; }

}  // namespace gfnet::system
