#include "output/replaced_file.h"

#include <fcntl.h>
#include <gfnet/error.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "command_line/options.h"
#include "inputs/overwrite.h"
#include "output/appended_stream.h"

namespace app {
namespace {

/// Permissions of a new file, as open() would give them.
mode_t usual_mode() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/// Writes all bytes. Returns 0 or an error number.
int write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

/// Whether the path is the system's name for a file that a process has open, as /dev/stdout.
/// Another file in its place would not reach the program that has it open.
bool is_open_file(std::string_view path) {
  return path.starts_with("/dev/") || path.starts_with("/proc/");
}

}  // namespace

ReplacedFile::ReplacedFile(std::string path) : path_(path == kStdout ? "" : std::move(path)) {
  if (path_.empty()) return;
  target_ = destination(path_).string();
  struct stat status = {};
  const bool exists = stat(path_.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) fail(EISDIR);
  if ((exists && !S_ISREG(status.st_mode)) || target_.empty() || is_open_file(path_)) return;
  if (exists && access(path_.c_str(), W_OK) != 0) fail(errno);
  std::string name;
  const int file = open_beside(name);
  if (file < 0) {
    if (!exists) fail(errno);
    return;
  }
  is_replaced_ = true;
  close(file);
  unlink(name.c_str());
}

void ReplacedFile::write(std::string_view text) const { write(std::as_bytes(std::span(text))); }

void ReplacedFile::write(std::span<const std::byte> bytes) const {
  std::string name;
  const int file = is_stdout() ? STDOUT_FILENO : is_replaced_ ? open_beside(name) : open_in_place();
  if (file < 0) fail(errno);
  int error = write_all(file, bytes);
  if (is_replaced_) {
    struct stat old = {};
    const bool exists = stat(target_.c_str(), &old) == 0;
    // Like every program that rewrites a file: the new one has the old one's permissions.
    if (error == 0 && fchmod(file, exists ? old.st_mode & 07777 : usual_mode()) != 0) error = errno;
    if (error == 0 && fsync(file) != 0) error = errno;
  }
  if (!is_stdout() && close(file) != 0 && error == 0) error = errno;
  if (is_replaced_ && error == 0 && rename(name.c_str(), target_.c_str()) != 0) error = errno;
  if (error == 0) return;
  if (is_replaced_) unlink(name.c_str());
  fail(error);
}

int ReplacedFile::open_beside(std::string& name) const {
  name = target_ + ".XXXXXX";
  return mkostemp(name.data(), O_CLOEXEC);
}

int ReplacedFile::open_in_place() const {
  const int what = is_appended_stream(path_) ? O_APPEND : O_TRUNC;
  return open(path_.c_str(), O_WRONLY | what | O_CLOEXEC);
}

void ReplacedFile::fail(int error) const {
  throw gfnet::FormatError(path_.empty() ? "stdout" : path_,
                           std::string("cannot be written: ") + std::strerror(error));
}

}  // namespace app
