#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "drawing/check_arguments.h"
#include "gfnet/drawing.h"
#include "gfnet/error.h"

namespace gfnet {
namespace {

/// The side of the reduced image, rounded, at least 1.
std::uint32_t scaled_side(std::uint32_t side, std::uint32_t longest, std::uint32_t target) {
  const std::uint64_t twice = 2 * std::uint64_t{side} * target + longest;
  return static_cast<std::uint32_t>(
      std::max<std::uint64_t>(1, twice / (2 * std::uint64_t{longest})));
}

}  // namespace

Image reduced(const Image& image, std::uint32_t longest_side) {
  drawing::check(image);
  if (longest_side < 1) throw ArgumentError("cannot reduce an image to no pixels");
  const std::uint32_t longest = std::max(image.width, image.height);
  if (longest <= longest_side) return image;
  Image result{scaled_side(image.width, longest, longest_side),
               scaled_side(image.height, longest, longest_side),
               {}};
  result.rgb.resize(std::size_t{3} * result.width * result.height);
  const auto first = [](std::size_t target, std::size_t source, std::size_t targets) {
    return target * source / targets;
  };
  auto pixel = result.rgb.begin();
  for (std::size_t y = 0; y < result.height; ++y) {
    const std::size_t top = first(y, image.height, result.height);
    const std::size_t bottom = first(y + 1, image.height, result.height);
    for (std::size_t x = 0; x < result.width; ++x) {
      const std::size_t left = first(x, image.width, result.width);
      const std::size_t right = first(x + 1, image.width, result.width);
      std::uint64_t sums[3] = {};
      for (std::size_t row = top; row < bottom; ++row) {
        const std::uint8_t* from = image.rgb.data() + 3 * (row * image.width + left);
        for (std::size_t column = left; column < right; ++column) {
          for (std::uint64_t& sum : sums) sum += *from++;
        }
      }
      const std::uint64_t pixels = (bottom - top) * (right - left);
      for (const std::uint64_t sum : sums) {
        *pixel++ = static_cast<std::uint8_t>((sum + pixels / 2) / pixels);
      }
    }
  }
  return result;
}

}  // namespace gfnet
