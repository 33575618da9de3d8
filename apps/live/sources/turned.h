#pragma once

#include <cstddef>
#include <cstdint>

namespace live {

/// An image in memory: [height, width] pixels of 4 bytes. The rows start `stride` bytes apart.
struct PixelRows {
  const std::uint8_t* bytes = nullptr;
  std::size_t stride = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// Writes the image to `target`, turned clockwise by quarter_turns (0 … 3) × 90°. The result has
/// [height, width] pixels after 0 or 2 turns and [width, height] pixels after 1 or 3 turns, in rows
/// without gaps.
void turn_image(const PixelRows& image, int quarter_turns, std::uint8_t* target);

}  // namespace live
