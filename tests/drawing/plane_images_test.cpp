#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "gfnet/drawing.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::Random;

namespace {

Rgb pixel(const Image& image, std::size_t i) {
  return {image.rgb[3 * i], image.rgb[3 * i + 1], image.rgb[3 * i + 2]};
}

LayerFilter random_filter(Random& random, std::int64_t height, std::int64_t width) {
  LayerFilter filter{2, "blocks.2", height, width, 3, {}};
  filter.kernel = random.normal(height * (width / 2 + 1) * 3 * 2);
  return filter;
}

}  // namespace

TEST_CASE("spectrum_images: both planes share one logarithmic scale") {
  Random random;
  CAPTURE(random.seed());
  LayerSpectrum spectrum{0, 5, 7, {}, {}};
  for (int i = 0; i < 35; ++i) {
    spectrum.before.push_back(std::exp2(static_cast<float>(random.integer(-9, 9))));
    spectrum.after.push_back(std::exp2(static_cast<float>(random.integer(-12, 3))));
  }
  spectrum.before[3] = 1024;
  spectrum.after[4] = 1.0f / 8192;
  const SpectrumImages images = spectrum_images(spectrum);
  CHECK(images.magnitudes.least == doctest::Approx(1.0 / 8192));
  CHECK(images.magnitudes.most == doctest::Approx(1024));
  const auto check = [](const Image& image, const std::vector<float>& plane) {
    REQUIRE(image.width == 7);
    REQUIRE(image.height == 5);
    for (std::size_t i = 0; i < plane.size(); ++i) {
      const double place = (std::log2(static_cast<double>(plane[i])) + 13) / 23;
      const Rgb expected = heat_colour(place);
      const Rgb actual = pixel(image, i);
      // One of the scale's 256 steps changes a colour by at most 5.
      for (std::size_t c = 0; c < 3; ++c) CHECK(std::abs(expected[c] - actual[c]) <= 5);
    }
  };
  check(images.before, spectrum.before);
  check(images.after, spectrum.after);
}

TEST_CASE("spectrum_images: a zero in a plane and zeros everywhere") {
  const LayerSpectrum some{0, 1, 3, {0, 1, 10}, {1, 1, 100}};
  const SpectrumImages images = spectrum_images(some);
  CHECK(images.magnitudes.least == doctest::Approx(1));
  CHECK(images.magnitudes.most == doctest::Approx(100));
  CHECK(pixel(images.before, 0) == heat_colour(0));
  CHECK(pixel(images.after, 2) == heat_colour(1));
  const LayerSpectrum none{0, 1, 2, {0, 0}, {0, 0}};
  CHECK(pixel(spectrum_images(none).after, 1) == heat_colour(0));
}

TEST_CASE("filter images: the filter's extremes get the ends of the colour scale") {
  Random random;
  CAPTURE(random.seed());
  for (const auto& [height, width] : {std::pair{4, 4}, {5, 8}, {7, 3}, {1, 2}}) {
    const LayerFilter filter = random_filter(random, height, width);
    for (std::int64_t channel = 0; channel < 3; ++channel) {
      const std::vector<float> magnitude = filter_magnitude(filter, channel);
      const Image frequency = filter_frequency_image(filter, channel);
      REQUIRE(frequency.rgb.size() == 3 * magnitude.size());
      const auto most = std::ranges::max_element(magnitude) - magnitude.begin();
      CHECK(pixel(frequency, static_cast<std::size_t>(most)) == heat_colour(1));
      const std::vector<float> kernel = spatial_kernel(filter, channel);
      const Image spatial = filter_spatial_image(filter, channel);
      REQUIRE(spatial.rgb.size() == 3 * kernel.size());
      const auto strongest =
          std::ranges::max_element(kernel, {}, [](float v) { return std::abs(v); });
      CHECK(pixel(spatial, static_cast<std::size_t>(strongest - kernel.begin())) ==
            signed_colour(*strongest > 0 ? 1 : -1));
    }
  }
}
