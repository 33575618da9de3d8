#pragma once

#include <cstddef>
#include <cstdint>

namespace live {

/// [height, width] pixels of four bytes, `stride` bytes from row to row.
struct PixelRows {
  const std::uint8_t* bytes = nullptr;
  std::size_t stride = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// Writes the picture, turned clockwise so often by a quarter, without gaps between the rows:
/// [height, width] pixels, or [width, height] after one turn or three.
void turn_picture(const PixelRows& picture, int quarter_turns, std::uint8_t* target);

}  // namespace live
