#include "held_list.h"

#include <fcntl.h>
#include <gfnet/error.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "path_list.h"

namespace app {

HeldList::HeldList(int stream, const std::string& name) {
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  path_ = ((error ? "/tmp" : folder) / "gfnet-paths-XXXXXX").string();
  descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail();
  ::unlink(path_.c_str());
  try {
    PathList paths(stream, name);
    std::string bytes;
    while (const auto path = paths.next()) {
      if (!path->cause.empty()) throw gfnet::FormatError(path->path, path->cause);
      bytes += path->path;
      bytes += '\0';
      if (bytes.size() < kPiece) continue;
      write(bytes);
      bytes.clear();
    }
    write(bytes);
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

void HeldList::write(const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail();
    done += static_cast<std::size_t>(count);
  }
}

void HeldList::fail() const {
  throw gfnet::FormatError(path_, std::string("cannot be written: ") + std::strerror(errno));
}

}  // namespace app
