#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "ffmpeg_objects.h"

namespace live {

/// Turns decoded pictures, in whatever colours, into pixels of four bytes.
class PixelConverter {
 public:
  /// name: the source's, for errors.
  explicit PixelConverter(std::string name) : name_(std::move(name)) {}

  /// Writes the frame, `width` pixels wide, then turned clockwise so often by a quarter: R, G, B
  /// and one byte of any value, without gaps between the rows. Throws gfnet::Error if nothing
  /// converts it.
  void convert(const AVFrame& frame, int width, int quarter_turns, std::uint8_t* target);

 private:
  void scale(const AVFrame& frame, int width, std::uint8_t* target, std::size_t stride);

  std::string name_;
  OwnedScaler scaler_;
  /// Rows with room to write beyond them.
  OwnedBytes rows_;
  std::size_t rows_bytes_ = 0;
};

}  // namespace live
