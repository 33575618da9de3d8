#include "output/output_file.h"

#include <fcntl.h>
#include <gfnet/gfnet.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "output/appended_stream.h"

namespace app {

OutputFile::OutputFile(const std::string& path)
    : name_(path.empty() ? "stdout" : path), fd_(STDOUT_FILENO) {
  if (path.empty()) return;
  is_appended_ = is_appended_stream(path);
  fd_ = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (is_appended_ ? O_APPEND : 0), 0666);
  if (fd_ < 0) fail(std::strerror(errno));
  struct stat status{};
  is_regular_ = fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
  if (!is_regular_) return;
  // A file system without locks is accepted. A file without a link was removed by another run just
  // now.
  const bool is_taken = flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (!is_taken && fstat(fd_, &status) == 0 && status.st_nlink > 0) {
    bytes_ = static_cast<std::uint64_t>(status.st_size);
    return;
  }
  close(fd_);
  fail("another run is writing to it");
}

OutputFile::~OutputFile() {
  if (fd_ != STDOUT_FILENO) close(fd_);
}

void OutputFile::cut(std::uint64_t bytes) {
  if (!is_regular_ || (is_appended_ && bytes == 0)) return;
  if (ftruncate(fd_, static_cast<off_t>(bytes)) != 0 || lseek(fd_, 0, SEEK_END) < 0) {
    fail(std::strerror(errno));
  }
  bytes_ = bytes;
}

void OutputFile::write(std::string_view rows) {
  std::string_view rest = rows;
  while (!rest.empty()) {
    const ssize_t count = ::write(fd_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int error = errno;
      // The disk holds part of a row: cut it off. If that fails, --resume does it.
      if (is_regular_) static_cast<void>(!ftruncate(fd_, static_cast<off_t>(bytes_)));
      fail(std::strerror(error));
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  bytes_ += rows.size();
}

void OutputFile::fail(const std::string& cause) const {
  throw gfnet::FormatError(name_, "cannot be written: " + cause);
}

}  // namespace app
