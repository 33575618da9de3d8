#include "drawing/resized.h"

#include <algorithm>
#include <cmath>

#include "image/geometry.h"

namespace gfnet::drawing {
namespace {

/// The source samples along an axis from which one target sample is computed. weights[i] belongs to
/// sample begin + i. The weights sum to 1.
struct Taps {
  std::uint32_t begin = 0;
  std::vector<double> weights;
};

std::vector<Taps> taps_of(std::uint32_t source, std::uint32_t target) {
  const image::AxisGeometry axis{source, target, 0, target};
  std::vector<Taps> all;
  for (std::uint32_t i = 0; i < target; ++i) {
    const image::TapRange range = axis.taps(i);
    Taps taps{range.begin, {}};
    double sum = 0;
    for (std::uint32_t s = range.begin; s < range.end; ++s) {
      taps.weights.push_back(
          image::bicubic((static_cast<double>(s) + 0.5 - axis.centre(i)) / axis.filter_scale()));
      sum += taps.weights.back();
    }
    for (double& weight : taps.weights) weight /= sum;
    all.push_back(std::move(taps));
  }
  return all;
}

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

/// Resamples the rows to `width` and transposes the image. Two calls in a row resample both axes.
Image resampled_and_transposed(const Image& source, std::uint32_t width) {
  Image result{source.height, width, {}};
  result.rgb.resize(std::size_t{3} * result.width * result.height);
  const std::vector<Taps> taps = taps_of(source.width, width);
  for (std::size_t y = 0; y < source.height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        double sum = 0;
        std::size_t at = (y * source.width + taps[x].begin) * 3 + c;
        for (const double weight : taps[x].weights) {
          sum += weight * source.rgb[at];
          at += 3;
        }
        result.rgb[(x * source.height + y) * 3 + c] = to_byte(sum);
      }
    }
  }
  return result;
}

}  // namespace

Image resized(const Image& source, Size size) {
  const auto width = static_cast<std::uint32_t>(size.width);
  const auto height = static_cast<std::uint32_t>(size.height);
  return resampled_and_transposed(resampled_and_transposed(source, width), height);
}

Image enlarged(const Image& source, std::int64_t factor) {
  Image result = filled({source.width * factor, source.height * factor}, {0, 0, 0});
  for (std::int64_t y = 0; y < source.height; ++y) {
    for (std::int64_t x = 0; x < source.width; ++x) {
      const std::size_t at =
          (static_cast<std::size_t>(y) * source.width + static_cast<std::size_t>(x)) * 3;
      fill(result, {x * factor, y * factor}, {factor, factor},
           {source.rgb[at], source.rgb[at + 1], source.rgb[at + 2]});
    }
  }
  return result;
}

}  // namespace gfnet::drawing
