#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "image/image.h"

/// The samples of a TIFF file, and their colours.
namespace gfnet::image {

/// What the samples of a pixel mean. kGrey: 0 is black. kInvertedGrey: 0 is white. kLab: CIE
/// L*a*b*, see rgb_from_lab().
enum class TiffColour { kGrey, kInvertedGrey, kPalette, kRgb, kCmyk, kLab };

/// How a row of samples is stored. Samples of up to 12 bits follow one another without gaps, the
/// first in the highest bits. Larger ones are in the machine's byte order.
struct TiffSamples {
  TiffColour colour = TiffColour::kGrey;
  /// 1, 2, 4, 8, 12, 16 or 32.
  int bits = 8;
  /// Numbers of 16 and 32 bits. kScaled: from 0 to the largest number. The others are clipped to 0
  /// to 255, as in PIL.
  enum class Type { kScaled, kSigned, kUnsigned, kFloat } type = Type::kScaled;
  /// Samples of a pixel in the row: of all channels, or of one if each channel has rows of its own.
  int stored = 1;
  /// Of these, the number that are used, from the first on.
  int used = 1;
  /// The fourth used sample (the second of grey) is an alpha by which the others were multiplied.
  bool premultiplied = false;
};

/// Unpacks the used samples of `pixels` pixels to one byte each. row: as long as the stored samples
/// need. out: the first sample of the first pixel. step: bytes from a pixel to the next in `out`.
/// Grey samples of few bits are scaled to 255; indices of a palette are not.
void unpack_samples(const std::uint8_t* row, const TiffSamples& samples, std::size_t pixels,
                    std::uint8_t* out, std::size_t step);

/// A palette: for each index, red, green and blue. Indices beyond its end are black.
using TiffPalette = std::vector<std::array<std::uint8_t, 3>>;

/// Converts unpacked samples, [pixels, used], to RGB, [pixels, 3], as PIL does.
std::vector<std::uint8_t> rgb_from_samples(std::vector<std::uint8_t> unpacked,
                                           const TiffSamples& samples, const TiffPalette& palette);

}  // namespace gfnet::image
