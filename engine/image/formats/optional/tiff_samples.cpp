#include "image/formats/optional/tiff_samples.h"

#include <algorithm>
#include <cstring>

#include "image/formats/optional/lab_colours.h"

namespace gfnet::image {
namespace {

template <typename T>
T number_at(const std::uint8_t* row, std::size_t index) {
  T number;
  std::memcpy(&number, row + index * sizeof number, sizeof number);
  return number;
}

/// Clips to 0 to 255 and cuts the fraction. Not a number becomes 0.
template <typename T>
std::uint8_t clipped(T number) {
  if (!(number > 0)) return 0;
  return number >= 255 ? std::uint8_t{255} : static_cast<std::uint8_t>(number);
}

/// The sample at an index of the row, as 8 bits, or fewer if it has fewer.
std::uint8_t sample_at(const std::uint8_t* row, const TiffSamples& samples, std::size_t index) {
  using Type = TiffSamples::Type;
  const auto bits = static_cast<std::size_t>(samples.bits);
  switch (samples.bits) {
    case 8:
      return row[index];
    case 12: {  // its upper 8 bits
      const std::size_t byte = index * 12 / 8;
      const bool starts_a_byte = index % 2 == 0;
      return starts_a_byte ? row[byte]
                           : static_cast<std::uint8_t>((row[byte] & 15) << 4 | row[byte + 1] >> 4);
    }
    case 16:
      if (samples.type == Type::kSigned) return clipped(number_at<std::int16_t>(row, index));
      return static_cast<std::uint8_t>(number_at<std::uint16_t>(row, index) >> 8);
    case 32:
      if (samples.type == Type::kFloat) return clipped(number_at<float>(row, index));
      if (samples.type == Type::kSigned) return clipped(number_at<std::int32_t>(row, index));
      return clipped(number_at<std::uint32_t>(row, index));
    default: {
      const std::size_t bit = index * bits;
      return static_cast<std::uint8_t>(row[bit / 8] >> (8 - bits - bit % 8) & ((1u << bits) - 1));
    }
  }
}

std::uint8_t divided_by_alpha(int value, int alpha) {
  return static_cast<std::uint8_t>(alpha == 0 ? 0 : std::min(255 * value / alpha, 255));
}

/// a·b / 255, rounded.
int product_of_bytes(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

}  // namespace

void unpack_samples(const std::uint8_t* row, const TiffSamples& samples, std::size_t pixels,
                    std::uint8_t* out, std::size_t step) {
  const bool is_index = samples.colour == TiffColour::kPalette;
  const int scale = samples.bits < 8 && !is_index ? 255 / ((1 << samples.bits) - 1) : 1;
  const auto stored = static_cast<std::size_t>(samples.stored);
  const auto used = std::min(static_cast<std::size_t>(samples.used), stored);
  for (std::size_t pixel = 0; pixel < pixels; ++pixel, out += step) {
    for (std::size_t i = 0; i < used; ++i) {
      out[i] = static_cast<std::uint8_t>(sample_at(row, samples, pixel * stored + i) * scale);
    }
  }
}

std::vector<std::uint8_t> rgb_from_samples(std::vector<std::uint8_t> unpacked,
                                           const TiffSamples& samples, const TiffPalette& palette) {
  const auto used = static_cast<std::size_t>(samples.used);
  if (samples.colour == TiffColour::kRgb && used == 3) return unpacked;
  if (samples.colour == TiffColour::kLab) {
    rgb_from_lab(unpacked.data(), unpacked.data(), unpacked.size() / 3);
    return unpacked;
  }
  std::vector<std::uint8_t> rgb(unpacked.size() / used * 3);
  const std::uint8_t* in = unpacked.data();
  for (std::uint8_t* out = rgb.data(); out != rgb.data() + rgb.size(); out += 3, in += used) {
    switch (samples.colour) {
      case TiffColour::kGrey:
      case TiffColour::kInvertedGrey: {
        const std::uint8_t grey = samples.premultiplied ? divided_by_alpha(in[0], in[1]) : in[0];
        const bool inverted = samples.colour == TiffColour::kInvertedGrey;
        std::fill_n(out, 3, inverted ? static_cast<std::uint8_t>(255 - grey) : grey);
        break;
      }
      case TiffColour::kPalette:
        if (in[0] < palette.size()) std::ranges::copy(palette[in[0]], out);
        break;
      case TiffColour::kLab:
        break;  // see above
      case TiffColour::kRgb:
        for (int i = 0; i < 3; ++i) out[i] = divided_by_alpha(in[i], in[3]);
        break;
      case TiffColour::kCmyk: {
        const int white = 255 - in[3];
        for (int i = 0; i < 3; ++i) {
          out[i] = static_cast<std::uint8_t>(std::max(white - product_of_bytes(in[i], white), 0));
        }
        break;
      }
    }
  }
  return rgb;
}

}  // namespace gfnet::image
