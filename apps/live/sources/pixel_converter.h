#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "sources/ffmpeg_objects.h"
#include "sources/turned.h"

namespace live {

/// Converts decoded frames of any pixel format to pixels of 4 bytes.
class PixelConverter {
 public:
  /// name: name of the source, for error messages.
  explicit PixelConverter(std::string name) : name_(std::move(name)) {}

  /// Writes the frame to `target`, scaled to a width of `width` pixels at the same height and then
  /// placed in the given orientation. Each pixel has 4 bytes: R, G, B and a byte of any
  /// value. Rows have no gaps. Throws gfnet::Error if FFmpeg cannot convert the pixel format.
  void convert(const AVFrame& frame, int width, Orientation orientation, std::uint8_t* target);

 private:
  void scale(const AVFrame& frame, int width, std::uint8_t* target, std::size_t stride);

  std::string name_;
  OwnedScaler scaler_;
  /// Buffer with padded rows, because swscale may write beyond a row's end.
  OwnedBytes rows_;
  std::size_t rows_bytes_ = 0;
};

}  // namespace live
