#include "fuzz_input.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

namespace gfnet::test {

InputFile::InputFile(const std::uint8_t* data, std::size_t size)
    : descriptor_(::memfd_create("gfnet-fuzz", MFD_CLOEXEC)) {
  if (descriptor_ < 0) std::abort();
  while (size > 0) {
    const ssize_t count = ::write(descriptor_, data, size);
    if (count <= 0) std::abort();
    data += count;
    size -= static_cast<std::size_t>(count);
  }
  if (::lseek(descriptor_, 0, SEEK_SET) != 0) std::abort();
}

InputFile::~InputFile() { ::close(descriptor_); }

const std::string& InputFile::path() {
  if (path_.empty()) path_ = "/proc/self/fd/" + std::to_string(descriptor_);
  return path_;
}

}  // namespace gfnet::test
