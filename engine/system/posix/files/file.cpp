#include "system/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace gfnet::system {
namespace {

int flags_of(Opening opening) {
  int flags = O_CLOEXEC;
  if (has(opening, Opening::kWrite)) {
    flags |= has(opening, Opening::kRead) ? O_RDWR : O_WRONLY;
  } else {
    flags |= O_RDONLY;
  }
  if (has(opening, Opening::kCreate)) flags |= O_CREAT;
  if (has(opening, Opening::kNew)) flags |= O_EXCL;
  if (has(opening, Opening::kEmpty)) flags |= O_TRUNC;
  if (has(opening, Opening::kAppend)) flags |= O_APPEND;
  if (has(opening, Opening::kAtOnce)) flags |= O_NONBLOCK | O_NOCTTY;
  if (has(opening, Opening::kNoLink)) flags |= O_NOFOLLOW;
  return flags;
}

}  // namespace

int open_file(const std::filesystem::path& path, Opening opening, NewFileFor readers) {
  return ::open(path.c_str(), flags_of(opening), readers == NewFileFor::kOwner ? 0600 : 0666);
}

std::ptrdiff_t read_file(int file, std::span<std::byte> bytes) {
  return ::read(file, bytes.data(), bytes.size());
}

std::ptrdiff_t read_file_at(int file, std::span<std::byte> bytes, std::uint64_t offset) {
  return ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
}

std::ptrdiff_t write_file(int file, std::span<const std::byte> bytes) {
  return ::write(file, bytes.data(), bytes.size());
}

std::ptrdiff_t write_file_at(int file, std::span<const std::byte> bytes, std::uint64_t offset) {
  return ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
}

int write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

std::int64_t seek_file(int file, std::int64_t offset, int from) {
  return ::lseek(file, static_cast<off_t>(offset), from);
}

int resize_file(int file, std::uint64_t bytes) {
  return ::ftruncate(file, static_cast<off_t>(bytes)) == 0 ? 0 : errno;
}

void let_large_writes_fail() { std::signal(SIGXFSZ, SIG_IGN); }

}  // namespace gfnet::system
