#include "inputs/archives/gzip_stream.h"

#include <cerrno>
#include <cstring>
#include <new>
#include <span>

#include "system/file.h"
#include "terminal/interrupt.h"

namespace app {
namespace {

constexpr Bytef kMagic[] = {0x1F, 0x8B};
constexpr int kGzipWindow = 15 + 16;  // the largest window; 16: with gzip's header and trailer

}  // namespace

GzipStream::GzipStream(int descriptor) : descriptor_(descriptor) {
  if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
}

GzipStream::~GzipStream() { inflateEnd(&stream_); }

bool GzipStream::recognises(int descriptor) {
  Bytef start[sizeof kMagic] = {};
  return gfnet::system::read_file_at(descriptor, std::as_writable_bytes(std::span(start)), 0) ==
             sizeof start &&
         std::memcmp(start, kMagic, sizeof kMagic) == 0;
}

/// Reads more of the file. Returns false at its end, and if it cannot be read.
bool GzipStream::fill() {
  std::ptrdiff_t count = 0;
  do {
    if (interrupted()) {
      fault_ = "interrupted";
      return false;
    }
    count = gfnet::system::read_file(descriptor_, std::as_writable_bytes(std::span(packed_)));
  } while (count < 0 && errno == EINTR);
  if (count < 0) fault_ = std::strerror(errno);
  stream_.next_in = packed_.data();
  stream_.avail_in = static_cast<uInt>(count > 0 ? count : 0);
  return count > 0;
}

std::ptrdiff_t GzipStream::read(std::span<std::byte> out) {
  stream_.next_out = reinterpret_cast<Bytef*>(out.data());
  stream_.avail_out = static_cast<uInt>(out.size());
  while (stream_.avail_out > 0 && !has_ended_ && fault_.empty()) {
    if (stream_.avail_in == 0 && !fill()) {
      if (fault_.empty() && !is_between_parts_) fault_ = "truncated gzip data";
      has_ended_ = true;
      break;
    }
    if (is_between_parts_) {
      // What follows a part is another part, or padding that gzip ignores.
      has_ended_ = *stream_.next_in != kMagic[0] || inflateReset(&stream_) != Z_OK;
      is_between_parts_ = false;
      continue;
    }
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      is_between_parts_ = true;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      fault_ = "damaged gzip data";
      if (stream_.msg != nullptr) fault_ += std::string(": ") + stream_.msg;
    }
  }
  const std::size_t count = out.size() - stream_.avail_out;
  unpacked_ += count;
  return count == 0 && !fault_.empty() ? -1 : static_cast<std::ptrdiff_t>(count);
}

}  // namespace app
