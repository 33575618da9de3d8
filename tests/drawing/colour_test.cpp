#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "gfnet/drawing.h"

using namespace gfnet;

namespace {

/// OKLab lightness of an sRGB colour (Ottosson 2020): perceived lightness, 0 to 1.
double lightness(const Rgb& colour) {
  double linear[3];
  for (std::size_t c = 0; c < 3; ++c) {
    const double v = colour[c] / 255.0;
    linear[c] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  }
  const auto cone = [&](double r, double g, double b) {
    return std::cbrt(r * linear[0] + g * linear[1] + b * linear[2]);
  };
  return 0.2104542553 * cone(0.4122214708, 0.5363325363, 0.0514459929) +
         0.7936177850 * cone(0.2119034982, 0.6806995451, 0.1073969566) -
         0.0040720468 * cone(0.0883024619, 0.2817188376, 0.6299787005);
}

}  // namespace

TEST_CASE("heat_colour: perceived lightness rises in equal steps") {
  const double first = lightness(heat_colour(0));
  const double last = lightness(heat_colour(1));
  CHECK(first < 0.2);
  CHECK(last > 0.9);
  for (int i = 0; i <= 255; ++i) {
    const double expected = first + (last - first) * i / 255;
    // Rounding is half an 8-bit step in each colour, which matters most where it is dark.
    CHECK(std::abs(lightness(heat_colour(i / 255.0)) - expected) <= 0.01);
  }
}

TEST_CASE("signed_colour: white at zero, equally dark on both sides, different in hue") {
  CHECK(lightness(signed_colour(0)) > 0.95);
  for (int i = 1; i <= 127; ++i) {
    const Rgb negative = signed_colour(-i / 127.0);
    const Rgb positive = signed_colour(i / 127.0);
    CHECK(std::abs(lightness(negative) - lightness(positive)) <= 0.02);
    if (i > 8) {
      CHECK(negative[2] > negative[0]);
      CHECK(positive[0] > positive[2]);
    }
  }
}

TEST_CASE("values beyond the scale get the colours of its ends and NaN that of its start") {
  CHECK(heat_colour(-3) == heat_colour(0));
  CHECK(heat_colour(7) == heat_colour(1));
  CHECK(heat_colour(std::nan("")) == heat_colour(0));
  CHECK(signed_colour(-9) == signed_colour(-1));
  CHECK(signed_colour(INFINITY) == signed_colour(1));
}

TEST_CASE("range_of ignores values that are not finite and an empty range divides nothing") {
  const std::vector<float> values{2, -INFINITY, 5, std::nanf(""), 3};
  const Range range = range_of(values);
  CHECK(range.least == 2);
  CHECK(range.most == 5);
  CHECK(range.position(3.5f) == doctest::Approx(0.5));
  CHECK(Range{4, 4}.position(4) == 0);
  CHECK(range_of(std::vector<float>{}).position(1) == 0);
  CHECK(range_of(std::vector<float>{std::nanf("")}).position(1) == 0);
}

TEST_CASE("heat_image: one pixel for each value") {
  const Image image = heat_image(std::vector<float>{0, 1, 2, 3, 4, 5}, 2, 3, {0, 5});
  CHECK(image.width == 3);
  CHECK(image.height == 2);
  REQUIRE(image.rgb.size() == 18);
  for (std::size_t i = 0; i < 6; ++i) {
    const Rgb expected = heat_colour(static_cast<double>(i) / 5);
    CHECK(std::equal(expected.begin(), expected.end(),
                     image.rgb.begin() + static_cast<std::ptrdiff_t>(3 * i)));
  }
}
