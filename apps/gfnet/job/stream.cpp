#include "job/stream.h"

#include <gfnet/error.h>

#include <cerrno>
#include <cstring>
#include <span>

#include "inputs/input.h"
#include "system/descriptor.h"
#include "system/file.h"
#include "system/file_facts.h"
#include "system/paths.h"
#include "terminal/interrupt.h"

namespace app {
namespace {

using gfnet::system::path_of;

namespace system = gfnet::system;

constexpr std::size_t kPiece = std::size_t{1} << 16;

/// A file that is open for reading and that never makes open() or read() wait.
class OpenStream {
 public:
  explicit OpenStream(const std::string& path)
      : path_(path),
        file_(system::open_file(path_of(path), system::Opening::kRead | system::Opening::kAtOnce)) {
    if (file_.get() < 0) fail("opened");
  }

  /// Waits for bytes and appends them. Returns false at the end of the file.
  bool append_to(std::vector<std::byte>& bytes) {
    for (;;) {
      if (!wait_for_input(file_.get())) throw gfnet::FormatError(path_of(path_), "had not ended");
      const std::size_t filled = bytes.size();
      bytes.resize(filled + kPiece);
      const std::ptrdiff_t count = system::read_file(file_.get(), std::span(bytes).subspan(filled));
      bytes.resize(filled + static_cast<std::size_t>(count > 0 ? count : 0));
      if (count >= 0) return count > 0;
      if (errno != EINTR && errno != EAGAIN) fail("read");
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw gfnet::FormatError(path_of(path_), "cannot be " + what + ": " + std::strerror(errno));
  }

  const std::string& path_;
  system::Descriptor file_;
};

}  // namespace

bool may_wait(const std::string& path) {
  const auto facts = system::facts_of(path_of(path));
  if (!facts || facts->kind == system::FileFacts::Kind::kFolder) return false;
  return !facts->is_regular() || facts->bytes == 0;
}

std::vector<std::byte> read_stream(const std::string& path) {
  OpenStream stream(path);
  std::vector<std::byte> bytes;
  while (stream.append_to(bytes)) {
    // Image files are far smaller, but devices and pipes may never end.
    if (bytes.size() > kMostImageBytes)
      throw gfnet::FormatError(path_of(path), "larger than 1 GiB");
  }
  return bytes;
}

}  // namespace app
