#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "gfnet/error.h"
#include "gfnet/explain.h"
#include "reference/operations.h"
#include "support/close.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::Random;
using graph::Extent;

namespace {

constexpr Extent kGrids[] = {{1, 1}, {2, 2}, {7, 7}, {14, 14}, {15, 16}, {5, 9}, {6, 3}};

std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

LayerFilter random_filter(const Extent& grid, std::int64_t channels, Random& random) {
  return {
      0,           "blocks.0",
      grid.height, grid.width,
      channels,    random.normal(grid.height * graph::spectrum_width(grid.width) * channels * 2)};
}

}  // namespace

TEST_CASE("full_plane: the magnitudes of the whole transform, zero frequency in the middle") {
  Random random;
  CAPTURE(random.seed());
  for (const Extent& grid : kGrids) {
    CAPTURE(grid.height);
    CAPTURE(grid.width);
    const auto plane = random.normal(grid.area());
    const auto spectrum = reference::rfft2(test::widen(plane), grid);
    std::vector<float> half;
    for (std::size_t i = 0; i < spectrum.size(); i += 2) {
      half.push_back(static_cast<float>(std::hypot(spectrum[i], spectrum[i + 1])));
    }
    std::vector<double> expected;
    for (std::int64_t v = 0; v < grid.height; ++v) {
      for (std::int64_t u = 0; u < grid.width; ++u) {
        std::complex<double> sum = 0;
        for (std::int64_t y = 0; y < grid.height; ++y) {
          for (std::int64_t x = 0; x < grid.width; ++x) {
            const double turns =
                static_cast<double>((v - grid.height / 2) * y) / static_cast<double>(grid.height) +
                static_cast<double>((u - grid.width / 2) * x) / static_cast<double>(grid.width);
            sum += std::polar(1.0, -2 * std::numbers::pi * turns) *
                   static_cast<double>(plane[size(y * grid.width + x)]);
          }
        }
        expected.push_back(std::abs(sum));
      }
    }
    const auto full = full_plane(half, grid.height, grid.width);
    test::check_close(full, expected, [&](std::size_t i) { return 1e-6 * expected[i] + 1e-5; });
  }
  CHECK_THROWS_AS(full_plane(std::vector<float>(5), 3, 3), ArgumentError);
}

TEST_CASE("filter_magnitude: magnitudes of one channel of the filter") {
  Random random;
  CAPTURE(random.seed());
  const LayerFilter filter = random_filter({5, 6}, 3, random);
  const auto plane = filter_magnitude(filter, 2);
  // Frequency (1, 2) lies one row below and two columns right of the middle, (2, 3).
  const std::size_t at = size(((1 * 4 + 2) * 3 + 2) * 2);
  CHECK(plane[size(3 * 6 + 5)] ==
        doctest::Approx(std::hypot(filter.kernel[at], filter.kernel[at + 1])));
  CHECK_THROWS_AS(filter_magnitude(filter, 3), ArgumentError);
  CHECK_THROWS_AS(spatial_kernel(filter, -1), ArgumentError);
}

TEST_CASE("spatial_kernel: a circular convolution with it is the global filter") {
  Random random;
  CAPTURE(random.seed());
  for (const Extent& grid : kGrids) {
    CAPTURE(grid.height);
    CAPTURE(grid.width);
    const LayerFilter filter = random_filter(grid, 2, random);
    const auto x = test::widen(random.normal(grid.area()));
    for (const std::int64_t channel : {0, 1}) {
      std::vector<double> own;  // the filter of this channel
      for (std::size_t i = 0; i < filter.kernel.size(); i += 4) {
        own.push_back(filter.kernel[i + size(2 * channel)]);
        own.push_back(filter.kernel[i + size(2 * channel) + 1]);
      }
      const auto expected = reference::global_filter(x, grid, own, {});
      const auto kernel = spatial_kernel(filter, channel);
      std::vector<float> convolved;
      for (std::int64_t y = 0; y < grid.height; ++y) {
        for (std::int64_t c = 0; c < grid.width; ++c) {
          double sum = 0;
          for (std::int64_t i = 0; i < grid.height; ++i) {
            for (std::int64_t j = 0; j < grid.width; ++j) {
              const std::int64_t from_y =
                  (y - (i - grid.height / 2) + 2 * grid.height) % grid.height;
              const std::int64_t from_x = (c - (j - grid.width / 2) + 2 * grid.width) % grid.width;
              sum += kernel[size(i * grid.width + j)] * x[size(from_y * grid.width + from_x)];
            }
          }
          convolved.push_back(static_cast<float>(sum));
        }
      }
      // The kernel is rounded to float, element by element.
      test::check_close(convolved, expected, [&](std::size_t) {
        return 0x1p-22 * static_cast<double>(grid.area()) * 4;
      });
    }
  }
}
