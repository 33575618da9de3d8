#pragma once

#include <string>
#include <string_view>

#include "image/formats/bytes.h"
#include "image/formats/decoders.h"

namespace gfnet::image {

/// Reads a file's bytes in order. Reading beyond its end throws DecodeFailure "truncated FORMAT".
class Reader {
 public:
  Reader(Bytes file, std::string_view format, std::size_t position = 0)
      : file_(file), format_(format) {
    seek(position);
  }

  std::size_t position() const { return position_; }
  std::size_t left() const { return file_.size() - position_; }

  void seek(std::size_t position) {
    if (position > file_.size()) throw DecodeFailure{"truncated " + std::string(format_)};
    position_ = position;
  }

  /// The next `count` bytes.
  Bytes take(std::size_t count) {
    if (count > left()) throw DecodeFailure{"truncated " + std::string(format_)};
    const Bytes taken = file_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  std::uint8_t byte() { return take(1)[0]; }

  /// The next number of `size` bytes (1 to 4), the lowest or the highest byte first.
  std::uint32_t little(std::size_t size) { return read_little(take(size), 0, size); }
  std::uint32_t big(std::size_t size) { return read_big(take(size), 0, size); }

 private:
  Bytes file_;
  std::string_view format_;
  std::size_t position_ = 0;
};

}  // namespace gfnet::image
