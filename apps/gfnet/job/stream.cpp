#include "job/stream.h"

#include <fcntl.h>
#include <gfnet/error.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "inputs/input.h"
#include "terminal/interrupt.h"

namespace app {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 16;

/// A file that is open for reading and that never makes open() or read() wait.
class OpenStream {
 public:
  explicit OpenStream(const std::string& path)
      : path_(path), file_(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {
    if (file_ < 0) fail("opened");
  }
  ~OpenStream() { close(file_); }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;

  /// Waits for bytes and appends them. Returns false at the end of the file.
  bool append_to(std::vector<std::byte>& bytes) {
    for (;;) {
      if (!wait_for_input(file_)) throw gfnet::FormatError(path_, "had not ended");
      const std::size_t filled = bytes.size();
      bytes.resize(filled + kPiece);
      const ssize_t count = read(file_, bytes.data() + filled, kPiece);
      bytes.resize(filled + static_cast<std::size_t>(count > 0 ? count : 0));
      if (count >= 0) return count > 0;
      if (errno != EINTR && errno != EAGAIN) fail("read");
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw gfnet::FormatError(path_, "cannot be " + what + ": " + std::strerror(errno));
  }

  const std::string& path_;
  int file_;
};

}  // namespace

bool may_wait(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return false;
  return !S_ISREG(status.st_mode) || status.st_size == 0;
}

std::vector<std::byte> read_stream(const std::string& path) {
  OpenStream stream(path);
  std::vector<std::byte> bytes;
  while (stream.append_to(bytes)) {
    // Image files are far smaller, but devices and pipes may never end.
    if (bytes.size() > kMostImageBytes) throw gfnet::FormatError(path, "larger than 1 GiB");
  }
  return bytes;
}

}  // namespace app
