#include "reference/preprocess.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace gfnet::reference {
namespace {

using image::AxisGeometry;
using image::TapRange;

/// Fraction bits in PIL's 32-bit fixed-point numbers. 8 of the other bits are for the sample, and 2
/// for values beyond the sample's range, which the bicubic weights can give.
constexpr int kFractionBits = 32 - 8 - 2;

/// Interleaved 8-bit samples [height, width, channels].
struct Samples {
  std::uint32_t height;
  std::uint32_t width;
  std::uint32_t channels;
  std::vector<std::uint8_t> samples;
};

/// Normalised weights of the taps of one output sample, in fixed point.
std::vector<std::int64_t> fixed_point_weights(const AxisGeometry& axis, std::uint32_t index) {
  const TapRange taps = axis.taps(index);
  const double inverse_scale = 1.0 / axis.filter_scale();
  std::vector<double> weights;
  double sum = 0.0;
  for (std::uint32_t tap = taps.begin; tap < taps.end; ++tap) {
    weights.push_back(image::bicubic((tap - axis.centre(index) + 0.5) * inverse_scale));
    sum += weights.back();
  }
  std::vector<std::int64_t> result;
  for (double weight : weights) {
    result.push_back(std::llround(weight / sum * (1 << kFractionBits)));
  }
  return result;
}

std::uint8_t round_to_byte(std::int64_t fixed_point) {
  const std::int64_t rounded = (fixed_point + (1 << (kFractionBits - 1))) >> kFractionBits;
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(rounded, 0, 255));
}

/// Resizes the width: `rows` of the source are resampled to the columns of the crop. If the width
/// does not change, the weights are exactly 1 and 0, so that case needs no branch.
Samples resample_rows(const Samples& source, const AxisGeometry& axis, TapRange rows) {
  Samples result{rows.end - rows.begin, axis.cropped, source.channels, {}};
  result.samples.resize(std::size_t{result.height} * result.width * result.channels);
  for (std::uint32_t column = 0; column < result.width; ++column) {
    const std::vector<std::int64_t> weights = fixed_point_weights(axis, column);
    const std::uint32_t first = axis.taps(column).begin;
    for (std::uint32_t row = 0; row < result.height; ++row) {
      for (std::uint32_t channel = 0; channel < result.channels; ++channel) {
        const std::size_t start =
            (std::size_t{row + rows.begin} * source.width + first) * source.channels + channel;
        std::int64_t sum = 0;
        for (std::size_t tap = 0; tap < weights.size(); ++tap) {
          sum += weights[tap] * source.samples[start + tap * source.channels];
        }
        result.samples[(std::size_t{row} * result.width + column) * result.channels + channel] =
            round_to_byte(sum);
      }
    }
  }
  return result;
}

/// Resizes the height to the rows of the crop. `source` holds only some rows of the image.
/// first_row: the row of the image that is row 0 of `source`.
Samples resample_columns(const Samples& source, const AxisGeometry& axis, std::uint32_t first_row) {
  Samples result{axis.cropped, source.width, source.channels, {}};
  const std::size_t stride = std::size_t{source.width} * source.channels;
  result.samples.resize(result.height * stride);
  for (std::uint32_t row = 0; row < result.height; ++row) {
    const std::vector<std::int64_t> weights = fixed_point_weights(axis, row);
    const std::uint32_t first = axis.taps(row).begin - first_row;
    for (std::size_t sample = 0; sample < stride; ++sample) {
      std::int64_t sum = 0;
      for (std::size_t tap = 0; tap < weights.size(); ++tap) {
        sum += weights[tap] * source.samples[(first + tap) * stride + sample];
      }
      result.samples[row * stride + sample] = round_to_byte(sum);
    }
  }
  return result;
}

Samples to_channels(const image::Image& source, std::uint32_t channels) {
  Samples picture{source.height, source.width, channels, {}};
  if (channels == 3) {
    picture.samples = source.rgb;
    return picture;
  }
  picture.samples.reserve(source.rgb.size() / 3);
  for (std::size_t pixel = 0; pixel < source.rgb.size(); pixel += 3) {
    const std::uint32_t luma = 19595u * source.rgb[pixel] + 38470u * source.rgb[pixel + 1] +
                               7471u * source.rgb[pixel + 2] + 0x8000u;
    picture.samples.push_back(static_cast<std::uint8_t>(luma >> 16));
  }
  return picture;
}

}  // namespace

std::vector<std::uint8_t> resize(const image::Image& source, const image::ResizeGeometry& geometry,
                                 std::uint32_t channels) {
  assert(channels == 1 || channels == 3);
  const TapRange rows = geometry.vertical.taps();
  const Samples wide = to_channels(source, channels);
  const Samples narrow = resample_rows(wide, geometry.horizontal, rows);
  return resample_columns(narrow, geometry.vertical, rows.begin).samples;
}

std::vector<float> preprocess(const image::Image& source, const image::ResizeGeometry& geometry,
                              const image::Normalisation& normalisation) {
  const std::size_t channels = normalisation.mean.size();
  const std::vector<std::uint8_t> resized =
      resize(source, geometry, static_cast<std::uint32_t>(channels));
  const std::size_t pixels = resized.size() / channels;
  std::vector<float> planes(resized.size());
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const double mean = normalisation.mean[channel];
    const double std = normalisation.std[channel];
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      const double value = resized[pixel * channels + channel] / 255.0;
      planes[channel * pixels + pixel] = static_cast<float>((value - mean) / std);
    }
  }
  return planes;
}

}  // namespace gfnet::reference
