#include "vulkan/fft/fft.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <filesystem>
#include <fstream>
#include <limits>
#include <locale>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "gfnet/error.h"
#include "support/device_fixture.h"
#include "support/mapped_buffer.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet::vulkan {
namespace {

using test::DeviceFixture;
using test::MappedBuffer;
using Complex = std::complex<double>;
using Extent = Fft::Extent;

std::string text(const Extent& e) {
  return std::to_string(e.batches) + "x" + std::to_string(e.height) + "x" + std::to_string(e.width);
}

std::size_t columns(const Extent& e) { return e.width / 2 + 1; }
std::size_t plane(const Extent& e) { return std::size_t{e.height} * e.width; }
std::size_t half_plane(const Extent& e) { return e.height * columns(e); }

std::vector<float> random_values(std::size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> distribution(-1.0F, 1.0F);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(generator);
  return values;
}

/// e^(sign·2πi·k/n), k reduced first so that the angle is exact.
Complex root(std::size_t k, std::size_t n, int sign) {
  const double angle =
      sign * 2.0 * std::numbers::pi * static_cast<double>(k % n) / static_cast<double>(n);
  return {std::cos(angle), std::sin(angle)};
}

/// rfft2 of every plane by the definition. x: [batches, H, W]. Returns [batches, H, W/2+1].
std::vector<Complex> reference_forward(const Extent& e, const std::vector<float>& x) {
  std::vector<Complex> rows(e.batches * half_plane(e));
  std::vector<Complex> result(rows.size());
  for (std::size_t row = 0; row < std::size_t{e.batches} * e.height; ++row) {
    for (std::size_t v = 0; v < columns(e); ++v) {
      Complex sum;
      for (std::size_t j = 0; j < e.width; ++j) {
        sum += static_cast<double>(x[row * e.width + j]) * root(v * j, e.width, -1);
      }
      rows[row * columns(e) + v] = sum;
    }
  }
  for (std::size_t b = 0; b < e.batches; ++b) {
    for (std::size_t u = 0; u < e.height; ++u) {
      for (std::size_t v = 0; v < columns(e); ++v) {
        Complex sum;
        for (std::size_t i = 0; i < e.height; ++i) {
          sum += rows[b * half_plane(e) + i * columns(e) + v] * root(u * i, e.height, -1);
        }
        result[b * half_plane(e) + u * columns(e) + v] = sum;
      }
    }
  }
  return result;
}

/// Unnormalised irfft2 by the definition: complex over the columns, then complex to real over the
/// rows, which ignores the imaginary part of column 0 and, if W is even, of column W/2.
std::vector<double> reference_inverse(const Extent& e, const std::vector<float>& spectrum) {
  std::vector<double> result(e.batches * plane(e));
  for (std::size_t b = 0; b < e.batches; ++b) {
    for (std::size_t i = 0; i < e.height; ++i) {
      std::vector<Complex> row(columns(e));
      for (std::size_t v = 0; v < columns(e); ++v) {
        for (std::size_t u = 0; u < e.height; ++u) {
          const std::size_t at = 2 * (b * half_plane(e) + u * columns(e) + v);
          row[v] += Complex(spectrum[at], spectrum[at + 1]) * root(u * i, e.height, 1);
        }
      }
      for (std::size_t j = 0; j < e.width; ++j) {
        double sum = row[0].real();
        for (std::size_t v = 1; v < columns(e); ++v) {
          const bool middle = 2 * v == e.width;
          sum += (middle ? 1.0 : 2.0) * (row[v] * root(v * j, e.width, 1)).real();
        }
        result[b * plane(e) + i * e.width + j] = sum;
      }
    }
  }
  return result;
}

double norm(const float* values, std::size_t count) {
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(values[i]) * values[i];
  return std::sqrt(sum);
}

/// Error bound c·ε·log2 N·‖x‖ for an element of an unnormalised transform of one plane, whose
/// elements are about as large as ‖x‖. N is four times the plane's size, as Bluestein's algorithm
/// replaces one transform with four of up to four times the length.
double bound(const Extent& e, double input_norm) {
  constexpr double kFactor = 1.0;
  const double epsilon = std::numeric_limits<float>::epsilon();
  return kFactor * epsilon * std::log2(4.0 * static_cast<double>(plane(e))) * input_norm;
}

/// Checks |actual − expected| ≤ limit and reports the worst element. Returns its error / limit.
template <typename Actual, typename Expected>
double compare(const Extent& e, const Actual& actual, const Expected& expected, double limit) {
  REQUIRE(actual.size() == expected.size());
  double worst = 0.0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = std::abs(actual[i] - expected[i]);
    if (!(error <= worst)) {
      worst = error;
      at = i;
    }
  }
  INFO("extent " << text(e) << ", worst at " << at << ": expected " << expected[at] << ", actual "
                 << actual[at] << ", bound " << limit);
  CHECK(worst <= limit);
  return worst / limit;
}

/// The buffers and the transform of one extent.
struct Bench {
  Bench(DeviceFixture& fixture, const Extent& e, const std::filesystem::path& directory = {})
      : planes(fixture.device(), e.batches * plane(e)),
        spectrum(fixture.device(), 2 * e.batches * half_plane(e)),
        fft(fixture.device(), fixture.cache(), e, planes.buffer(), spectrum.buffer(), directory) {}

  void run(DeviceFixture& fixture, std::initializer_list<FftDirection> directions) {
    CommandRecorder recorder(fixture.device());
    for (FftDirection direction : directions) recorder.fft(fft, direction);
    const Recording recording = recorder.finish();
    fixture.device().submit(recording).wait();
  }

  std::vector<Complex> complex_spectrum() {
    std::vector<Complex> result;
    const auto values = spectrum.values();
    for (std::size_t i = 0; i < values.size(); i += 2)
      result.emplace_back(values[i], values[i + 1]);
    return result;
  }

  MappedBuffer<float> planes;
  MappedBuffer<float> spectrum;
  Fft fft;
};

/// The largest norm of a plane; a plane has `size` values.
double largest_norm(const std::vector<float>& values, std::size_t size) {
  double largest = 0.0;
  for (std::size_t at = 0; at < values.size(); at += size) {
    largest = std::max(largest, norm(values.data() + at, size));
  }
  return largest;
}

/// Checks that forward is rfft2, inverse is irfft2 of any spectrum, inverse∘forward is height·width
/// times the identity, and Parseval's theorem. One plan serves all checks, as making it is slow.
void check_transforms(DeviceFixture& fixture, std::initializer_list<Extent> extents) {
  double worst = 0.0;
  for (const Extent& e : extents) {
    CAPTURE(text(e));
    Bench bench(fixture, e);
    const std::vector<float> x = random_values(e.batches * plane(e), 1);
    const double x_bound = bound(e, largest_norm(x, plane(e)));
    std::copy(x.begin(), x.end(), bench.planes.data());
    bench.run(fixture, {FftDirection::kForward});
    CHECK(bench.planes.copy() == x);  // read only
    const std::vector<Complex> spectrum = bench.complex_spectrum();
    worst = std::max(worst, compare(e, spectrum, reference_forward(e, x), x_bound));

    for (std::size_t b = 0; b < e.batches; ++b) {
      double energy = 0.0;
      for (std::size_t i = 0; i < half_plane(e); ++i) {
        const std::size_t v = i % columns(e);
        const bool once = v == 0 || 2 * v == e.width;
        energy += (once ? 1.0 : 2.0) * std::norm(spectrum[b * half_plane(e) + i]);
      }
      const double direct = std::pow(norm(x.data() + b * plane(e), plane(e)), 2);
      CHECK(energy / static_cast<double>(plane(e)) == doctest::Approx(direct).epsilon(1e-5));
    }

    bench.run(fixture, {FftDirection::kForward, FftDirection::kInverse});
    std::vector<double> expected(x.begin(), x.end());
    for (double& value : expected) value *= static_cast<double>(plane(e));
    compare(e, bench.planes.copy(), expected,
            2.0 * std::sqrt(static_cast<double>(plane(e))) * x_bound);

    // Not Hermitian anywhere, as after a learned filter. Nearly every element counts twice.
    const std::vector<float> s = random_values(2 * e.batches * half_plane(e), 2);
    std::copy(s.begin(), s.end(), bench.spectrum.data());
    bench.run(fixture, {FftDirection::kInverse});
    const double s_bound = bound(e, 2.0 * largest_norm(s, 2 * half_plane(e)));
    worst = std::max(worst, compare(e, bench.planes.copy(), reference_inverse(e, s), s_bound));
  }
  MESSAGE("worst error: " << worst << " of the bound");
}

TEST_CASE_FIXTURE(DeviceFixture, "transforms of GFNet's grids") {
  check_transforms(*this, {{14, 14, 5}, {7, 7, 3}, {28, 28, 3}, {56, 56, 2}});
}

TEST_CASE_FIXTURE(DeviceFixture, "transforms of grids at other resolutions") {
  check_transforms(*this,
                   {{16, 16, 3}, {24, 24, 3}, {12, 12, 2}, {48, 48, 2}, {96, 96, 1}, {8, 8, 4}});
}

TEST_CASE_FIXTURE(DeviceFixture, "transforms of odd and rectangular grids") {
  check_transforms(*this, {{15, 15, 3}, {15, 16, 2}, {16, 15, 2}, {7, 14, 3}, {9, 25, 2}});
}

TEST_CASE_FIXTURE(DeviceFixture, "transforms of one row, one column, one element") {
  check_transforms(*this, {{1, 14, 3},
                           {14, 1, 3},
                           {1, 15, 2},
                           {15, 1, 2},
                           {1, 2, 2},
                           {2, 1, 2},
                           {1, 1, 5},
                           {2, 2, 3},
                           {3, 2, 1}});
}

TEST_CASE_FIXTURE(DeviceFixture, "transforms of prime sizes by Rader's algorithm") {
  check_transforms(*this, {{17, 17, 2}, {19, 23, 2}, {29, 31, 1}});
}

TEST_CASE_FIXTURE(DeviceFixture, "transforms of prime sizes by Bluestein's algorithm") {
  check_transforms(*this, {{47, 53, 1}, {59, 7, 2}, {94, 47, 1}});
}

TEST_CASE_FIXTURE(DeviceFixture, "transforms of a single prime row or column") {
  check_transforms(*this, {{127, 1, 1}, {1, 127, 1}});
}

TEST_CASE_FIXTURE(DeviceFixture, "a result does not depend on the number of planes") {
  // As many planes as in a large batch of a GFNet: more than a dispatch's workgroups.
  const Extent many{14, 14, 70000};
  const Extent one{14, 14, 1};
  Bench all(*this, many);
  Bench single(*this, one);
  const std::vector<float> x = random_values(many.batches * plane(many), 5);
  std::copy(x.begin(), x.end(), all.planes.data());
  all.run(*this, {FftDirection::kForward});
  for (std::size_t b : {0U, 1U, 65279U, 65280U, 65281U, 65535U, 65536U, 69999U}) {
    CAPTURE(b);
    std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(b * plane(one)), plane(one),
                single.planes.data());
    single.run(*this, {FftDirection::kForward});
    const std::vector<Complex> expected = single.complex_spectrum();
    std::vector<Complex> actual;
    for (std::size_t i = 0; i < half_plane(one); ++i) {
      const float* at = all.spectrum.data() + 2 * (b * half_plane(one) + i);
      actual.emplace_back(at[0], at[1]);
    }
    compare(one, actual, expected, bound(one, norm(single.planes.data(), plane(one))));
  }
}

TEST_CASE_FIXTURE(DeviceFixture, "transforms in one recording wait for one another") {
  const Extent e{14, 14, 64};
  Bench bench(*this, e);
  const std::vector<float> x = random_values(e.batches * plane(e), 6);
  const MappedBuffer<float> input(device(), x);
  MappedBuffer<float> first(device(), x.size());
  CommandRecorder recorder(device());
  recorder.copy(input.buffer(), bench.planes.buffer(), 4 * x.size());
  recorder.fft(bench.fft, FftDirection::kForward);
  recorder.fft(bench.fft, FftDirection::kInverse);
  recorder.copy(bench.planes.buffer(), first.buffer(), 4 * x.size());
  recorder.fft(bench.fft, FftDirection::kForward);
  recorder.fft(bench.fft, FftDirection::kInverse);
  const Recording recording = recorder.finish();
  CHECK(recording.counts().ffts == 4);
  const double size = static_cast<double>(plane(e));
  // A forward and an inverse transform multiply by `size`; each adds its relative error.
  const auto round_trips = [&](int count, std::size_t i) {
    const double input_norm = norm(x.data() + i / plane(e) * plane(e), plane(e));
    return 2 * count * bound(e, std::pow(size, count) * input_norm);
  };
  for (int replay = 0; replay < 2; ++replay) {
    device().submit(recording).wait();
    for (std::size_t i = 0; i < x.size(); i += 97) {
      CHECK(std::abs(first.values()[i] - size * x[i]) <= round_trips(1, i));
      CHECK(std::abs(bench.planes.values()[i] - size * size * x[i]) <= round_trips(2, i));
    }
  }
}

TEST_CASE_FIXTURE(DeviceFixture, "a transform's plan is loaded from disk and rebuilt if damaged") {
  const auto use = [&](const Extent& e) {
    Bench bench(*this, e, directory());
    const std::vector<float> x = random_values(e.batches * plane(e), 7);
    std::copy(x.begin(), x.end(), bench.planes.data());
    bench.run(*this, {FftDirection::kForward});
    compare(e, bench.complex_spectrum(), reference_forward(e, x),
            bound(e, largest_norm(x, plane(e))));
    bench.run(*this, {FftDirection::kForward, FftDirection::kInverse});
    return bench.fft.loaded();
  };
  // Plain, Rader's algorithm, Bluestein's, columns.
  for (const Extent& e :
       {Extent{14, 14, 3}, Extent{17, 29, 1}, Extent{94, 47, 1}, Extent{7, 1, 2}}) {
    CAPTURE(text(e));
    CHECK(!use(e));
    CHECK(use(e));
  }
  CHECK(!use({14, 14, 4}));
  for (const auto& entry : std::filesystem::directory_iterator(directory())) {
    std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) / 2);
  }
  CHECK(!use({14, 14, 3}));
  CHECK(use({14, 14, 3}));
}

TEST_CASE_FIXTURE(DeviceFixture, "an impossible transform is refused") {
  const MappedBuffer<float> planes(device(), 100);
  const MappedBuffer<float> spectrum(device(), 100);
  const auto make = [&](const Extent& e) {
    const Fft fft(device(), cache(), e, planes.buffer(), spectrum.buffer(), {});
  };
  CHECK_THROWS_AS(make({0, 4, 1}), Error);
  CHECK_THROWS_AS(make({4, 0, 1}), Error);
  CHECK_THROWS_AS(make({4, 4, 0}), Error);
  CHECK_THROWS_AS(make({11, 10, 1}), Error);
  CHECK_NOTHROW(make({4, 4, 1}));
}

}  // namespace
}  // namespace gfnet::vulkan
