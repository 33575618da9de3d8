#include "sources/turned.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace live {
namespace {

constexpr std::size_t kRgbaBytes = 4;
/// The image is turned in squares with this side, so that reads and writes stay in the cache.
constexpr std::uint32_t kSquare = 32;

}  // namespace

Orientation orientation_of(const std::int32_t* matrix) {
  const std::int64_t xx = matrix[0];
  const std::int64_t xy = matrix[1];
  const std::int64_t yx = matrix[3];
  const std::int64_t yy = matrix[4];
  // 64 bits: the absolute value of the smallest 32-bit number does not fit into 32 bits.
  if (std::abs(xy) + std::abs(yx) > std::abs(xx) + std::abs(yy)) {
    return {.transposed = true, .mirrored_x = yx < 0, .mirrored_y = xy < 0};
  }
  return {.transposed = false, .mirrored_x = xx < 0, .mirrored_y = yy < 0};
}

void turn_image(const PixelRows& image, Orientation orientation, std::uint8_t* target) {
  const std::uint32_t w = image.width;
  const std::uint32_t h = image.height;
  if (orientation.is_upright()) {
    for (std::uint32_t y = 0; y < h; ++y) {
      std::memcpy(target + y * w * kRgbaBytes, image.bytes + y * image.stride, w * kRgbaBytes);
    }
    return;
  }
  const std::uint32_t columns = orientation.transposed ? h : w;
  const std::uint32_t rows = orientation.transposed ? w : h;
  const auto place = [&](std::uint32_t x, std::uint32_t y) -> std::size_t {
    if (orientation.transposed) std::swap(x, y);
    if (orientation.mirrored_x) x = columns - 1 - x;
    if (orientation.mirrored_y) y = rows - 1 - y;
    return std::size_t{y} * columns + x;
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
