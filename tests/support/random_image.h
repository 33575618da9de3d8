#pragma once

#include "gfnet/image.h"
#include "support/random.h"

namespace gfnet::test {

/// An image of uniform noise.
inline Image random_image(Random& random, std::uint32_t width, std::uint32_t height) {
  Image image{width, height, {}};
  for (std::uint32_t i = 0; i < 3 * width * height; ++i) {
    image.rgb.push_back(static_cast<std::uint8_t>(random.integer(0, 255)));
  }
  return image;
}

}  // namespace gfnet::test
