#include "sorting/move_journal.h"

#include <fcntl.h>
#include <gfnet/gfnet.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace app {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLongestEntry = 64 << 10;  // bytes: two paths

/// Whether both are regular files with the same content. False if one cannot be read.
bool have_same_content(const fs::path& a, const fs::path& b) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(a, error)) ||
      !fs::is_regular_file(fs::symlink_status(b, error)) || fs::equivalent(a, b, error) ||
      fs::file_size(a, error) != fs::file_size(b, error) || error) {
    return false;
  }
  std::ifstream first(a, std::ios::binary);
  std::ifstream second(b, std::ios::binary);
  std::vector<char> of_first(std::size_t{1} << 16);
  std::vector<char> of_second(of_first.size());
  while (first && second) {
    first.read(of_first.data(), static_cast<std::streamsize>(of_first.size()));
    second.read(of_second.data(), static_cast<std::streamsize>(of_second.size()));
    const auto count = first.gcount();
    if (count != second.gcount() ||
        !std::equal(of_first.begin(), of_first.begin() + count, of_second.begin())) {
      return false;
    }
  }
  return first.eof() && second.eof();
}

}  // namespace

MoveJournal::MoveJournal(fs::path folder) : folder_(std::move(folder)) {
  std::error_code ignored;
  // If another run has the lock, the entry is its own.
  if (fs::exists(file(), ignored) && lock()) complete_move();
}

MoveJournal::~MoveJournal() {
  if (fd_ < 0) return;
  unlink(part().c_str());
  unlink(file().c_str());
  close(fd_);
}

fs::path MoveJournal::file() const { return folder_ / ".gfnet-moving"; }

fs::path MoveJournal::part() const { return folder_ / ".gfnet-moving.part"; }

bool MoveJournal::lock() {
  for (;;) {
    const int fd = ::open(file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) fail(errno);
    struct stat status = {};
    // A file system without locks is accepted.
    const bool is_taken = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!is_taken && fstat(fd, &status) == 0 && status.st_nlink > 0) {
      fd_ = fd;
      return true;
    }
    close(fd);
    if (is_taken) return false;
    // Another run has removed the file just now.
  }
}

fs::path MoveJournal::open() {
  if (fd_ < 0) {
    if (!lock()) throw gfnet::FormatError(folder_, "another run is moving files to it");
    complete_move();
  }
  unlink(part().c_str());  // left by a run that was killed
  return part();
}

void MoveJournal::begin(const fs::path& source, const fs::path& target) {
  const std::string entry = source.native() + '\0' + target.native() + '\0';
  const ssize_t written = pwrite(fd_, entry.data(), entry.size(), 0);
  if (written < 0 || fdatasync(fd_) != 0) fail(errno);
  if (static_cast<std::size_t>(written) != entry.size()) fail(ENOSPC);
}

void MoveJournal::end() { static_cast<void>(!ftruncate(fd_, 0)); }

void MoveJournal::complete_move() {
  std::error_code error;
  std::string entry(static_cast<std::size_t>(std::min(fs::file_size(file(), error), kLongestEntry)),
                    '\0');
  if (error || pread(fd_, entry.data(), entry.size(), 0) != static_cast<ssize_t>(entry.size())) {
    fail(errno);
  }
  const std::size_t middle = entry.find('\0');
  const std::size_t end = middle == std::string::npos ? middle : entry.find('\0', middle + 1);
  if (end != std::string::npos && end + 1 == entry.size()) {
    const fs::path source = entry.substr(0, middle);
    const fs::path target = entry.substr(middle + 1, end - middle - 1);
    if (have_same_content(source, target)) {
      unlink(source.c_str());
    } else if (fs::exists(source, error) && fs::is_regular_file(target, error) &&
               fs::is_empty(target, error)) {
      unlink(target.c_str());  // it only kept the name
    }
  }
  unlink(part().c_str());
  this->end();
}

void MoveJournal::fail(int error) const {
  throw gfnet::FormatError(file(), std::string("cannot be written: ") + std::strerror(error));
}

}  // namespace app
