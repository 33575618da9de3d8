#include "sources/turned.h"

#include <algorithm>
#include <cstring>

namespace live {
namespace {

constexpr std::size_t kRgbaBytes = 4;
/// The image is turned in squares with this side, so that reads and writes stay in the cache.
constexpr std::uint32_t kSquare = 32;

}  // namespace

void turn_image(const PixelRows& image, int quarter_turns, std::uint8_t* target) {
  const std::uint32_t w = image.width;
  const std::uint32_t h = image.height;
  if (quarter_turns == 0) {
    for (std::uint32_t y = 0; y < h; ++y) {
      std::memcpy(target + y * w * kRgbaBytes, image.bytes + y * image.stride, w * kRgbaBytes);
    }
    return;
  }
  const auto place = [&](std::uint32_t x, std::uint32_t y) -> std::size_t {
    if (quarter_turns == 1) return std::size_t{x} * h + (h - 1 - y);
    if (quarter_turns == 2) return std::size_t{h - 1 - y} * w + (w - 1 - x);
    return std::size_t{w - 1 - x} * h + y;
  };
  for (std::uint32_t top = 0; top < h; top += kSquare) {
    for (std::uint32_t left = 0; left < w; left += kSquare) {
      for (std::uint32_t y = top; y < std::min(top + kSquare, h); ++y) {
        for (std::uint32_t x = left; x < std::min(left + kSquare, w); ++x) {
          std::memcpy(target + place(x, y) * kRgbaBytes,
                      image.bytes + y * image.stride + x * kRgbaBytes, kRgbaBytes);
        }
      }
    }
  }
}

}  // namespace live
