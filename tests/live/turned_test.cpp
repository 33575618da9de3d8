#include "../../apps/live/sources/turned.h"

#include <doctest/doctest.h>

#include <array>
#include <utility>
#include <vector>

namespace {

using Words = std::vector<std::uint32_t>;

constexpr std::size_t kPixelBytes = 4;

/// An image whose pixel (x, y) has the value x + 1000·y, with padding after each row.
Words numbered(std::uint32_t width, std::uint32_t height, std::size_t stride) {
  Words words(stride * height, 0xDEADBEEF);
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) words[y * stride + x] = x + 1000 * y;
  }
  return words;
}

TEST_CASE("images of any size are turned clockwise") {
  for (const auto& [width, height] :
       {std::array{1U, 1U}, {1U, 7U}, {3U, 2U}, {32U, 32U}, {33U, 65U}, {100U, 31U}}) {
    CAPTURE(width);
    CAPTURE(height);
    const std::size_t stride = width + 5;
    const Words source = numbered(width, height, stride);
    for (int turns = 0; turns < 4; ++turns) {
      CAPTURE(turns);
      Words target(std::size_t{width} * height + 1, 0xDEADBEEF);
      live::turn_image({reinterpret_cast<const std::uint8_t*>(source.data()), stride * kPixelBytes,
                        width, height},
                       turns, reinterpret_cast<std::uint8_t*>(target.data()));
      CHECK(target.back() == 0xDEADBEEF);
      const std::uint32_t across = turns % 2 == 0 ? width : height;
      bool is_right = true;
      for (std::uint32_t i = 0; i < width * height; ++i) {
        std::uint32_t x = i % across;
        std::uint32_t y = i / across;
        // Undo one quarter turn at a time: a pixel at (x, y) of an image `wide` pixels wide was at
        // (y, wide − 1 − x).
        std::uint32_t wide = across;
        std::uint32_t down = width * height / across;
        for (int t = 0; t < turns; ++t) {
          const std::uint32_t before_x = y;
          const std::uint32_t before_y = wide - 1 - x;
          x = before_x;
          y = before_y;
          std::swap(wide, down);
        }
        is_right = is_right && target[i] == x + 1000 * y;
      }
      CHECK(is_right);
    }
  }
}

}  // namespace
