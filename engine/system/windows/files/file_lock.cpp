#include "system/file_lock.h"

#include <io.h>

#include <cstdint>

#include "system/windows/api.h"

namespace gfnet::system {

Lock try_lock(int file) {
  // One byte far behind any content: nobody can read or write what a lock covers.
  OVERLAPPED place{};
  place.Offset = 0xFFFFFFFEu;
  place.OffsetHigh = 0x7FFFFFFFu;
  if (::LockFileEx(handle_of(file), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
                   &place)) {
    return Lock::kHeld;
  }
  const DWORD error = ::GetLastError();
  return error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING ? Lock::kTaken
                                                                    : Lock::kImpossible;
}

int open_to_lock(const std::filesystem::path& folder) {
  // Folders have no locks.
  const HANDLE handle =
      ::CreateFileW(native(folder / ".lock").c_str(), GENERIC_READ | GENERIC_WRITE,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_ALWAYS,
                    FILE_ATTRIBUTE_HIDDEN, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return fail_with_last_error();
  return ::_open_osfhandle(reinterpret_cast<std::intptr_t>(handle), 0);
}

}  // namespace gfnet::system
