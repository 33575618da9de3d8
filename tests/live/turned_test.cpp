#include "../../apps/live/sources/turned.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <limits>
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

/// All eight, with the matrix that a video file has for them: x' = a·x + c·y, y' = b·x + d·y.
struct Case {
  int a, b, c, d;
  bool transposed, mirrored_x, mirrored_y;
};
constexpr Case kCases[] = {
    {1, 0, 0, 1, false, false, false}, {-1, 0, 0, 1, false, true, false},
    {1, 0, 0, -1, false, false, true}, {-1, 0, 0, -1, false, true, true},
    {0, 1, 1, 0, true, false, false},  {0, 1, -1, 0, true, true, false},
    {0, -1, 1, 0, true, false, true},  {0, -1, -1, 0, true, true, true},
};

std::array<std::int32_t, 9> matrix_of(const Case& one, std::int32_t scale) {
  return {one.a * scale, one.b * scale, 0,      one.c * scale, one.d * scale, 0,
          7 * scale,     5 * scale,     1 << 30};
}

TEST_CASE("a display matrix gives one of eight orientations") {
  for (const Case& one : kCases) {
    for (const std::int32_t scale : {1 << 16, 1, std::numeric_limits<std::int32_t>::max()}) {
      CAPTURE(matrix_of(one, scale));
      const live::Orientation found = live::orientation_of(matrix_of(one, scale).data());
      CHECK(found.transposed == one.transposed);
      CHECK(found.mirrored_x == one.mirrored_x);
      CHECK(found.mirrored_y == one.mirrored_y);
    }
  }
}

TEST_CASE("other matrices give the nearest orientation") {
  constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
  const std::array<std::int32_t, 9> nothing{};
  CHECK(live::orientation_of(nothing.data()).is_upright());
  const std::array<std::int32_t, 9> extreme{kLeast, 0, 0, 0, kLeast, 0, 0, 0, 0};
  CHECK(live::orientation_of(extreme.data()).mirrored_x);
  CHECK(live::orientation_of(extreme.data()).mirrored_y);
  // Clockwise by 80°: nearest to 90°.
  const std::array<std::int32_t, 9> skew{11380, 64540, 0, -64540, 11380, 0, 0, 0, 1 << 30};
  const live::Orientation turned = live::orientation_of(skew.data());
  CHECK(turned.transposed);
  CHECK(turned.mirrored_x);
  CHECK(!turned.mirrored_y);
}

TEST_CASE("images of any size are placed as their matrix says") {
  for (const auto& [width, height] :
       {std::array{1U, 1U}, {1U, 7U}, {3U, 2U}, {32U, 32U}, {33U, 65U}, {100U, 31U}}) {
    const std::size_t stride = width + 5;
    const Words source = numbered(width, height, stride);
    for (const Case& one : kCases) {
      CAPTURE(width);
      CAPTURE(height);
      CAPTURE(matrix_of(one, 1));
      Words target(std::size_t{width} * height + 1, 0xDEADBEEF);
      live::turn_image({reinterpret_cast<const std::uint8_t*>(source.data()), stride * kPixelBytes,
                        width, height},
                       live::orientation_of(matrix_of(one, 1 << 16).data()),
                       reinterpret_cast<std::uint8_t*>(target.data()));
      CHECK(target.back() == 0xDEADBEEF);
      const int across = static_cast<int>(one.a != 0 ? width : height);
      const int down = static_cast<int>(one.a != 0 ? height : width);
      bool is_right = true;
      for (int y = 0; y < static_cast<int>(height); ++y) {
        for (int x = 0; x < static_cast<int>(width); ++x) {
          // Where a sign is negative, the image moves back to where it begins at 0.
          const int to_x = one.a * x + one.c * y + (one.a + one.c < 0 ? across - 1 : 0);
          const int to_y = one.b * x + one.d * y + (one.b + one.d < 0 ? down - 1 : 0);
          const auto expected = static_cast<std::uint32_t>(x + 1000 * y);
          is_right = is_right && target[static_cast<std::size_t>(to_y * across + to_x)] == expected;
        }
      }
      CHECK(is_right);
    }
  }
}

}  // namespace
