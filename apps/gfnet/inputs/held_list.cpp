#include "inputs/held_list.h"

#include <fcntl.h>
#include <gfnet/error.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include "terminal/interrupt.h"

namespace app {

HeldList::HeldList(int stream, const std::string& name) {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  path_ = ((error ? "/tmp" : folder) / "gfnet-paths-XXXXXX").string();
  descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail();
  ::unlink(path_.c_str());
  try {
    copy(stream, name);
    rewind();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

HeldList::~HeldList() { ::close(descriptor_); }

void HeldList::rewind() {
  if (::lseek(descriptor_, 0, SEEK_SET) < 0) fail();
}

void HeldList::copy(int stream, const std::string& name) {
  std::vector<char> piece(std::size_t{1} << 16);
  while (wait_for_input(stream)) {
    const ssize_t count = ::read(stream, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw gfnet::FormatError(name, std::string("cannot be read: ") + std::strerror(errno));
    }
    if (count == 0) return;
    write({piece.data(), static_cast<std::size_t>(count)});
  }
}

void HeldList::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail();
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void HeldList::fail() const {
  throw gfnet::FormatError(path_, std::string("cannot be written: ") + std::strerror(errno));
}

}  // namespace app
