#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "drawing/check_arguments.h"
#include "gfnet/drawing.h"
#include "gfnet/error.h"

namespace gfnet {
namespace {

/// A colour in OKLab, in polar form: lightness 0 … 1, chroma, hue in degrees (Ottosson 2020, "A
/// perceptual color space for image processing").
struct Lch {
  double lightness;
  double chroma;
  double hue;
};

std::array<double, 3> linear_rgb(const Lch& colour) {
  const double hue = colour.hue * std::numbers::pi / 180;
  const double a = colour.chroma * std::cos(hue);
  const double b = colour.chroma * std::sin(hue);
  const auto cubed = [](double x) { return x * x * x; };
  const double l = cubed(colour.lightness + 0.3963377774 * a + 0.2158037573 * b);
  const double m = cubed(colour.lightness - 0.1055613458 * a - 0.0638541728 * b);
  const double s = cubed(colour.lightness - 0.0894841775 * a - 1.2914855480 * b);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

bool is_displayable(const Lch& colour) {
  return std::ranges::all_of(linear_rgb(colour), [](double v) { return v >= 0 && v <= 1; });
}

/// The colour itself if sRGB can display it; else with the chroma reduced to the largest that sRGB
/// can display.
Lch within_gamut(Lch colour) {
  if (is_displayable(colour)) return colour;
  double least = 0;
  double most = colour.chroma;
  for (int i = 0; i < 24; ++i) {
    colour.chroma = (least + most) / 2;
    (is_displayable(colour) ? least : most) = colour.chroma;
  }
  colour.chroma = least;
  return colour;
}

/// Converts a colour to 8-bit sRGB (IEC 61966-2-1).
Rgb displayed(const Lch& colour) {
  Rgb result;
  const auto linear = linear_rgb(within_gamut(colour));
  std::ranges::transform(linear, result.begin(), [](double v) {
    const double inside = std::clamp(v, 0.0, 1.0);
    const double encoded =
        inside <= 0.0031308 ? 12.92 * inside : 1.055 * std::pow(inside, 1 / 2.4) - 0.055;
    return static_cast<std::uint8_t>(std::lround(255 * encoded));
  });
  return result;
}

constexpr std::size_t kSteps = 256;
using Table = std::array<Rgb, kSteps>;

template <typename Colour>
Table make_table(Colour colour) {
  Table table;
  for (std::size_t i = 0; i < kSteps; ++i) {
    table[i] = displayed(colour(static_cast<double>(i) / (kSteps - 1)));
  }
  return table;
}

/// The entry of the table for a value in 0 … 1: the nearest one. Values outside are clamped; NaN
/// counts as 0.
const Rgb& entry(const Table& table, double value) {
  const double inside = value > 0 ? std::min(value, 1.0) : 0.0;
  return table[static_cast<std::size_t>(std::lround(inside * (kSteps - 1)))];
}

}  // namespace

Rgb heat_colour(double value) {
  // Lightness is linear in t. The hue turns from violet through red to yellow.
  static const Table table = make_table([](double t) {
    return Lch{0.17 + 0.78 * t, 0.10 + 0.30 * t * (1 - t) + 0.04 * t, 290 + 175 * t};
  });
  return entry(table, value);
}

Rgb signed_colour(double value) {
  static const Table table = make_table([](double t) {
    const double signed_value = 2 * t - 1;
    const double strength = std::abs(signed_value);
    return Lch{0.97 - 0.52 * strength, 0.17 * strength, signed_value < 0 ? 255.0 : 28.0};
  });
  return entry(table, (value + 1) / 2);
}

double Range::position(float value) const {
  if (!(most > least)) return 0;
  return (static_cast<double>(value) - least) / (static_cast<double>(most) - least);
}

Range range_of(std::span<const float> values) {
  Range range{INFINITY, -INFINITY};
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    range = {std::min(range.least, value), std::max(range.most, value)};
  }
  return range.least <= range.most ? range : Range{};
}

Image heat_image(std::span<const float> values, std::int64_t height, std::int64_t width,
                 const Range& range) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (!drawing::is_plane(values.size(), height, width) || height > kMost || width > kMost) {
    throw ArgumentError(
        fmt::format("an image of {}×{} pixels for {} values", width, height, values.size()));
  }
  Image image{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), {}};
  for (const float value : values) {
    const Rgb colour = heat_colour(range.position(value));
    image.rgb.insert(image.rgb.end(), colour.begin(), colour.end());
  }
  return image;
}

}  // namespace gfnet
