#include "image/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "gfnet/error.h"

namespace gfnet::image {
namespace {

/// Half the width of the bicubic kernel.
constexpr double kSupport = 2.0;

/// Python's round(n / 2): a half rounds to the even neighbour.
std::uint64_t half_to_even(std::uint64_t n) {
  const std::uint64_t half = n / 2;
  return n % 2 == 0 ? half : half + half % 2;
}

AxisGeometry make_axis(std::uint32_t source, std::uint64_t resized, std::uint32_t cropped) {
  return {source, resized, half_to_even(resized - cropped), cropped};
}

}  // namespace

double AxisGeometry::filter_scale() const { return std::max(scale(), 1.0); }

double AxisGeometry::centre(std::uint32_t index) const {
  return (static_cast<double>(offset + index) + 0.5) * scale();
}

TapRange AxisGeometry::taps(std::uint32_t index) const {
  const double support = kSupport * filter_scale();
  const double middle = centre(index);
  const double first = std::max(std::floor(middle - support + 0.5), 0.0);
  const double last = std::min(std::floor(middle + support + 0.5), static_cast<double>(source));
  return {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)};
}

ResizeGeometry resize_geometry(Extent source, Extent target, double crop_ratio) {
  if (source.height == 0 || source.width == 0 || target.height == 0 || target.width == 0 ||
      !(crop_ratio > 0.0 && crop_ratio <= 1.0)) {
    throw UnsupportedError(
        fmt::format("cannot resize {}×{} pixels to {}×{} with a crop ratio of {:f}", source.width,
                    source.height, target.width, target.height, crop_ratio));
  }
  // Truncated like int() in Python. The limit keeps the products below within 64 bits.
  const auto cover = [crop_ratio](std::uint32_t side) {
    return static_cast<std::uint64_t>(std::min(side / crop_ratio, 4294967295.0));
  };
  const std::uint64_t height = cover(target.height);
  const std::uint64_t width = cover(target.width);
  // True if height / source.height ≥ width / source.width: the vertical axis needs the larger
  // factor.
  const bool vertical_rules = height * source.width >= width * source.height;
  const std::uint64_t resized_height =
      vertical_rules ? height : width * source.height / source.width;
  const std::uint64_t resized_width =
      vertical_rules ? height * source.width / source.height : width;
  return {make_axis(source.height, resized_height, target.height),
          make_axis(source.width, resized_width, target.width)};
}

double bicubic(double x) {
  const double distance = std::abs(x);
  if (distance < 1.0) return (1.5 * distance - 2.5) * distance * distance + 1.0;
  if (distance < 2.0) return ((2.5 - 0.5 * distance) * distance - 4.0) * distance + 2.0;
  return 0.0;
}

}  // namespace gfnet::image
