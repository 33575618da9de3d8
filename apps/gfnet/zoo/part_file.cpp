#include "zoo/part_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gfnet/gfnet.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "terminal/units.h"

namespace app {

namespace fs = std::filesystem;

PartFile::PartFile(fs::path path) : path_(std::move(path)) {
  std::error_code error;
  fs::create_directories(path_.parent_path(), error);
  if (error) throw gfnet::FormatError(path_.parent_path(), "cannot be created: " + error.message());
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail("cannot be written");
  // Another process that has just finished may have renamed or removed the file.
  struct stat mine{};
  struct stat there{};
  const bool is_mine = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 &&
                       ::fstat(descriptor_, &mine) == 0 && ::stat(path_.c_str(), &there) == 0 &&
                       mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
  if (!is_mine) {
    ::close(descriptor_);
    throw gfnet::FormatError(path_, "is being downloaded by another gfnet");
  }
  size_ = ::lseek(descriptor_, 0, SEEK_END);
}

PartFile::~PartFile() { ::close(descriptor_); }

void PartFile::append(const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(descriptor_, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot be written");
    bytes += written;
    count -= static_cast<std::size_t>(written);
    size_ += written;
  }
}

void PartFile::restart() {
  if (::ftruncate(descriptor_, 0) != 0) fail("cannot be emptied");
  size_ = 0;
  has_restarted_ = true;
}

void PartFile::check_space(std::int64_t bytes) const {
  std::error_code error;
  const fs::space_info space = fs::space(path_.parent_path(), error);
  if (error || bytes <= 0 || space.available >= static_cast<std::uintmax_t>(bytes)) return;
  throw gfnet::FormatError(path_,
                           fmt::format("needs {} more, {} are free", megabytes(bytes),
                                       megabytes(static_cast<std::int64_t>(space.available))));
}

void PartFile::sync() {
  if (::fsync(descriptor_) != 0) fail("cannot be written");
}

void PartFile::discard() {
  std::error_code ignored;
  fs::remove(path_, ignored);
  fs::remove(note_path(), ignored);
}

fs::path PartFile::note_path() const { return path_.string() + ".json"; }

void PartFile::fail(const char* what) const {
  throw gfnet::FormatError(path_, fmt::format("{}: {}", what, std::strerror(errno)));
}

}  // namespace app
