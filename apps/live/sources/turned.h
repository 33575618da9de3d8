#pragma once

#include <cstddef>
#include <cstdint>

namespace live {

/// [height, width] pixels of 4 bytes; rows start `stride` bytes apart.
struct PixelRows {
  const std::uint8_t* bytes = nullptr;
  std::size_t stride = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// Writes the image turned clockwise by quarter_turns (0 … 3) × 90°, rows without gaps: [height,
/// width] pixels, or [width, height] after 1 or 3 turns.
void turn_image(const PixelRows& image, int quarter_turns, std::uint8_t* target);

}  // namespace live
