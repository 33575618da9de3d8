#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "image/image.h"
#include "support/random.h"

/// Writes JPEG files of every form with libjpeg.
namespace gfnet::test {

/// In which order the coefficients of a file are written.
enum class JpegScans {
  kOne,
  kEachChannel,        ///< a scan for each channel
  kProgressive,        ///< progressive, all coefficients
  kProgressiveInPart,  ///< progressive, without the finest coefficients: the decoder smooths blocks
};

/// The colours of a file: one, three or four channels.
enum class JpegColours { kGrey, kYcc, kRgb, kCmyk };

struct JpegForm {
  const char* name = "";
  JpegColours colours = JpegColours::kYcc;
  /// Horizontal and vertical sampling of the first channel; that of the others is 1.
  int across = 1;
  int down = 1;
  JpegScans scans = JpegScans::kOne;
  /// Number of MCUs between restart markers. With 0 there are no markers.
  unsigned restart = 0;
  bool arithmetic = false;
};

/// Encodes an image. CMYK: R, G and B become C, M and Y, and K is the mean of R and G.
std::vector<std::uint8_t> encode_jpeg_form(const Image& image, const JpegForm& form, int quality);

/// Whether this libjpeg writes arithmetic codes.
bool writes_arithmetic_codes();

/// Colours that change softly, with some noise: neither flat nor so noisy that every pixel is
/// clipped.
Image soft_image(Random& random, std::uint32_t width, std::uint32_t height);

}  // namespace gfnet::test
