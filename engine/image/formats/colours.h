#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "image/formats/bytes.h"

/// Colours of palettes and of inks.
namespace gfnet::image {

using Colour = std::array<std::uint8_t, 3>;  // red, green, blue

/// A colour for every index of 8 bits. Entries that a file lacks are black, as in PIL.
using Palette = std::array<Colour, 256>;

/// The palette whose entry i is the grey value i.
inline Palette grey_palette() {
  Palette palette{};
  for (std::size_t i = 0; i < palette.size(); ++i) {
    palette[i].fill(static_cast<std::uint8_t>(i));
  }
  return palette;
}

/// Whether each of the first `entries` colours is the grey of its own index. PIL then takes the
/// indices for grey values, those beyond the palette too.
inline bool is_grey_palette(const Palette& palette, std::size_t entries) {
  const Palette grey = grey_palette();
  return std::equal(palette.begin(),
                    palette.begin() + static_cast<std::ptrdiff_t>(std::min(entries, grey.size())),
                    grey.begin());
}

/// a·b / 255, rounded, for a and b from 0 to 255.
inline int multiply_bytes(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/// Converts CMYK to RGB as PIL does. Adobe stores CMYK inverted: 255 is no ink. With the ink
/// amounts c = 255 − C, k = 255 − K and so on, R = (255 − k) − c·(255 − k)/255.
inline void convert_cmyk(const std::uint8_t* cmyk, std::uint8_t* rgb, std::size_t pixels) {
  for (std::size_t pixel = 0; pixel < pixels; ++pixel, cmyk += 4, rgb += 3) {
    const int white = cmyk[3];
    for (int channel = 0; channel < 3; ++channel) {
      rgb[channel] = static_cast<std::uint8_t>(
          std::max(white - multiply_bytes(255 - cmyk[channel], white), 0));
    }
  }
}

/// A sample of 5 bits as one of 8, as PIL scales it.
inline std::uint8_t widen_5_bits(std::uint32_t sample) {
  return static_cast<std::uint8_t>((sample & 31) * 255 / 31);
}

}  // namespace gfnet::image
