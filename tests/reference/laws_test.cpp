// All kernels are tested against the scalar reference. The reference itself is tested against the
// mathematical laws of its operations.
#include <doctest/doctest.h>

#include <cmath>

#include "reference/operations.h"
#include "support/random.h"

using namespace gfnet;
using namespace gfnet::reference;
using gfnet::test::Random;
using gfnet::test::widen;
using graph::Extent;

namespace {

double squared_norm(const Values& values) {
  double sum = 0;
  for (double v : values) sum += v * v;
  return sum;
}

double largest_difference(const Values& a, const Values& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

constexpr Extent kGrids[] = {{1, 1}, {2, 2}, {7, 7}, {8, 6}, {5, 9}, {1, 4}, {6, 1}, {15, 16}};

}  // namespace

TEST_CASE("the inverse transform undoes the forward one") {
  Random random;
  for (const Extent& grid : kGrids) {
    Values x = widen(random.normal(3 * grid.area()));
    const Values back = irfft2(rfft2(x, grid), grid);
    for (double& v : x) v *= static_cast<double>(grid.area());
    CHECK(largest_difference(back, x) <= 1e-10);
  }
}

TEST_CASE("the spectrum has the energy of the plane (Parseval)") {
  Random random;
  for (const Extent& grid : kGrids) {
    const Values x = widen(random.normal(grid.area()));
    const Values spectrum = rfft2(x, grid);
    double energy = 0;
    const std::int64_t width = graph::spectrum_width(grid.width);
    for (std::size_t i = 0; i < spectrum.size(); i += 2) {
      const std::int64_t column = static_cast<std::int64_t>(i / 2) % width;
      const bool stands_for_two = column > 0 && 2 * column != grid.width;
      energy += (stands_for_two ? 2 : 1) *
                (spectrum[i] * spectrum[i] + spectrum[i + 1] * spectrum[i + 1]);
    }
    CHECK(energy == doctest::Approx(squared_norm(x) * static_cast<double>(grid.area())));
  }
}

TEST_CASE("a filter of ones is the identity") {
  Random random;
  for (const Extent& grid : kGrids) {
    const std::int64_t channels = 3;
    Values ones;
    for (std::int64_t i = 0; i < grid.height * graph::spectrum_width(grid.width) * channels; ++i) {
      ones.insert(ones.end(), {1.0, 0.0});
    }
    const Values x = widen(random.normal(grid.area() * channels));
    CHECK(largest_difference(global_filter(x, grid, ones, {}), x) <= 1e-12);
  }
}

TEST_CASE("the filter is a circular convolution with the filter's inverse transform") {
  Random random;
  const Extent grid{6, 5};
  const Values kernel = widen(random.normal(grid.area()));
  const Values x = widen(random.normal(grid.area()));
  Values direct(x.size(), 0.0);
  for (std::int64_t y = 0; y < grid.height; ++y) {
    for (std::int64_t column = 0; column < grid.width; ++column) {
      for (std::int64_t dy = 0; dy < grid.height; ++dy) {
        for (std::int64_t dx = 0; dx < grid.width; ++dx) {
          const std::int64_t from = (y - dy + grid.height) % grid.height * grid.width +
                                    (column - dx + grid.width) % grid.width;
          direct[static_cast<std::size_t>(y * grid.width + column)] +=
              x[static_cast<std::size_t>(from)] *
              kernel[static_cast<std::size_t>(dy * grid.width + dx)];
        }
      }
    }
  }
  // One channel: the kernel's spectrum has the filter's layout.
  CHECK(largest_difference(global_filter(x, grid, rfft2(kernel, grid), {}), direct) <= 1e-10);
}

TEST_CASE("irfft2 ignores imaginary parts of the first column and, at even widths, of the last") {
  Random random;
  const Extent grid{1, 6};
  Values spectrum = widen(random.normal(2 * graph::spectrum_width(grid.width)));
  const Values result = irfft2(spectrum, grid);
  spectrum[1] += 5;
  spectrum[7] -= 3;
  CHECK(largest_difference(irfft2(spectrum, grid), result) <= 1e-12);
  spectrum[3] += 1;
  CHECK(largest_difference(irfft2(spectrum, grid), result) > 0.1);
}

TEST_CASE("token statistics normalise a token like layer normalisation") {
  Random random;
  const Values x = widen(random.normal(5 * 12, 3.0f, 2.0f));
  const Values statistics = token_statistics(x, 12, 1e-6);
  Values normalised(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    normalised[i] = (x[i] - statistics[i / 12 * 2]) * statistics[i / 12 * 2 + 1];
  }
  CHECK(largest_difference(normalised, layer_norm(x, 12, 1e-6, {}, {})) <= 1e-12);
}

TEST_CASE("the spectral layer is the global filter after layer normalisation") {
  Random random;
  for (const Extent& grid : kGrids) {
    const std::int64_t channels = 3;
    const Values x = widen(random.normal(grid.area() * channels));
    const Values bias = widen(random.normal(channels));
    // The spectrum of a real kernel, which is Hermitian where needed; the same for all channels.
    const Values kernel = rfft2(widen(random.normal(grid.area())), grid);
    Values filter, scaled;
    for (std::size_t i = 0; i < kernel.size(); i += 2) {
      for (std::int64_t c = 0; c < channels; ++c) {
        for (const double part : {kernel[i], kernel[i + 1]}) {
          filter.push_back(part);
          scaled.push_back(part / static_cast<double>(grid.area()));
        }
      }
    }
    const Values expected =
        global_filter(layer_norm(x, channels, 1e-6, {}, {}), grid, filter, bias);
    const Values statistics = token_statistics(x, channels, 1e-6);
    CHECK(largest_difference(spectral_filter(x, statistics, grid, scaled, bias), expected) <=
          1e-10);
  }
}

TEST_CASE("GELU has its known values") {
  CHECK(gelu(0.0) == 0.0);
  CHECK(gelu(1.0) == doctest::Approx(0.8413447460685429).epsilon(1e-14));
  CHECK(gelu(-1.0) == doctest::Approx(-0.15865525393145707).epsilon(1e-14));
  CHECK(gelu(40.0) == 40.0);
}

TEST_CASE("layer normalisation gives variance 1 and undoes scale and shift") {
  Random random;
  const Values x = widen(random.normal(4 * 32));
  const Values y = layer_norm(x, 32, 0.0, {}, {});
  CHECK(squared_norm(y) == doctest::Approx(4 * 32));
  Values scaled(x);
  for (double& v : scaled) v = 3 * v + 7;
  CHECK(largest_difference(layer_norm(scaled, 32, 0.0, {}, {}), y) <= 1e-12);
}

TEST_CASE("probabilities sum to one and ties go to the lower class") {
  const Values result = softmax_top_k(Values{1, 2, 2, 0}, 4);
  CHECK(result[0] == 1);
  CHECK(result[2] == 2);
  CHECK(result[1] + result[3] + result[5] + result[7] == doctest::Approx(1.0));
  CHECK(softmax_top_k(Values{0.0}, 1)[1] == 0.5);
}

TEST_CASE("planes and tokens are transposes of one another") {
  Random random;
  const Values x = widen(random.normal(30));
  CHECK(tokens_of_planes(planes_of_tokens(x, 5), 5) == x);
  CHECK(planes_of_tokens(Values{1, 2, 3, 4, 5, 6}, 2) == Values{1, 3, 5, 2, 4, 6});
}
