#include "system/file.h"

#include <fcntl.h>
#include <io.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "system/windows/api.h"

namespace gfnet::system {
namespace {

DWORD access_of(Opening opening) {
  DWORD access = 0;
  if (has(opening, Opening::kRead)) access |= GENERIC_READ;
  if (has(opening, Opening::kWrite)) access |= GENERIC_WRITE;
  return access;
}

DWORD disposition_of(Opening opening) {
  if (has(opening, Opening::kNew)) return CREATE_NEW;
  if (has(opening, Opening::kCreate)) {
    return has(opening, Opening::kEmpty) ? CREATE_ALWAYS : OPEN_ALWAYS;
  }
  return has(opening, Opening::kEmpty) ? TRUNCATE_EXISTING : OPEN_EXISTING;
}

bool is_folder(const std::filesystem::path& path) {
  const DWORD attributes = ::GetFileAttributesW(native(path).c_str());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

bool is_link(HANDLE file) {
  BY_HANDLE_FILE_INFORMATION facts{};
  return ::GetFileInformationByHandle(file, &facts) &&
         (facts.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
}

unsigned at_most_int(std::size_t bytes) {
  return static_cast<unsigned>(std::min<std::size_t>(bytes, INT_MAX));
}

/// Calls `transfer` with a place in the file, and then goes back to where the file was.
template <typename Transfer>
std::ptrdiff_t at_place(int file, std::uint64_t offset, const Transfer& transfer) {
  const HANDLE handle = handle_of(file);
  LARGE_INTEGER before{};
  if (!::SetFilePointerEx(handle, {}, &before, FILE_CURRENT)) return fail_with_last_error();
  OVERLAPPED place{};
  place.Offset = static_cast<DWORD>(offset);
  place.OffsetHigh = static_cast<DWORD>(offset >> 32);
  DWORD count = 0;
  const bool is_done = transfer(handle, &count, &place) || ::GetLastError() == ERROR_HANDLE_EOF;
  const DWORD error = is_done ? ERROR_SUCCESS : ::GetLastError();
  ::SetFilePointerEx(handle, before, nullptr, FILE_BEGIN);
  if (is_done) return static_cast<std::ptrdiff_t>(count);
  errno = errno_of(error);
  return -1;
}

}  // namespace

int open_file(const std::filesystem::path& path, Opening opening, NewFileFor) {
  // With FILE_SHARE_DELETE, a file can be renamed and removed while it is open. With
  // FILE_FLAG_BACKUP_SEMANTICS, a folder can be opened and recognised.
  DWORD flags = FILE_ATTRIBUTE_NORMAL;
  if (!has(opening, Opening::kWrite)) flags |= FILE_FLAG_BACKUP_SEMANTICS;
  if (has(opening, Opening::kNoLink)) flags |= FILE_FLAG_OPEN_REPARSE_POINT;
  const HANDLE handle = ::CreateFileW(native(path).c_str(), access_of(opening),
                                      FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                      nullptr, disposition_of(opening), flags, nullptr);
  if (handle == INVALID_HANDLE_VALUE) {
    fail_with_last_error();
    if (errno == EACCES && is_folder(path)) errno = EISDIR;
    return -1;
  }
  if (has(opening, Opening::kNoLink) && is_link(handle)) {
    ::CloseHandle(handle);
    errno = ELOOP;
    return -1;
  }
  const int append = has(opening, Opening::kAppend) ? _O_APPEND : 0;
  const int file = ::_open_osfhandle(reinterpret_cast<std::intptr_t>(handle), _O_BINARY | append);
  if (file < 0) ::CloseHandle(handle);
  return file;
}

std::ptrdiff_t read_file(int file, std::span<std::byte> bytes) {
  return ::_read(file, bytes.data(), at_most_int(bytes.size()));
}

std::ptrdiff_t read_file_at(int file, std::span<std::byte> bytes, std::uint64_t offset) {
  return at_place(file, offset, [bytes](HANDLE handle, DWORD* count, OVERLAPPED* place) {
    return ::ReadFile(handle, bytes.data(), at_most_int(bytes.size()), count, place) != 0;
  });
}

std::ptrdiff_t write_file(int file, std::span<const std::byte> bytes) {
  return ::_write(file, bytes.data(), at_most_int(bytes.size()));
}

std::ptrdiff_t write_file_at(int file, std::span<const std::byte> bytes, std::uint64_t offset) {
  return at_place(file, offset, [bytes](HANDLE handle, DWORD* count, OVERLAPPED* place) {
    return ::WriteFile(handle, bytes.data(), at_most_int(bytes.size()), count, place) != 0;
  });
}

int write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::ptrdiff_t count = write_file(file, bytes);
    if (count < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

std::int64_t seek_file(int file, std::int64_t offset, int from) {
  return ::_lseeki64(file, offset, from);
}

int resize_file(int file, std::uint64_t bytes) {
  return ::_chsize_s(file, static_cast<std::int64_t>(bytes));
}

void let_large_writes_fail() {}  // they do

}  // namespace gfnet::system
