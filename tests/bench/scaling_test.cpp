#include "gfnet/scaling.h"

#include <doctest/doctest.h>

#include "gfnet/device.h"
#include "gfnet/error.h"
#include "support/context_fixture.h"
#include "support/skip.h"

using namespace gfnet;

namespace {

constexpr MeasurementBudget kThreeRuns{3, 0};

ClassifierOptions options() {
  ClassifierOptions o;
  o.device = test::wanted_device();
  o.validation = test::wants_validation();
  return o;
}

/// Whether the device has timestamps. If it has none, checks that it is refused.
bool has_timestamps() {
  if (select_devices(test::wanted_device()).front().timestamps) return true;
  CHECK_THROWS_WITH_AS(ScalingBenchmark{options()}, doctest::Contains("timing kernels"),
                       UnsupportedError);
  return false;
}

}  // namespace

TEST_CASE("scaling: every grid is timed and growth is that of the time per token") {
  if (!has_timestamps()) return test::skip("no timestamps");
  ScalingBenchmark benchmark(options());
  const auto points = benchmark.spectral({6, 9}, 2, kThreeRuns);
  REQUIRE(points.size() == 2);
  CHECK(points[0].grid == 6);
  CHECK(points[1].grid == 9);
  for (const SpectralScaling& point : points) {
    const auto tokens = static_cast<double>(2 * point.grid * point.grid);
    CHECK(point.runs == 3);
    CHECK(point.seconds > 0);
    CHECK(point.seconds_per_token == doctest::Approx(point.seconds / tokens));
    CHECK_FALSE(point.kernel.empty());
  }
  CHECK(points[0].growth == 1);
  CHECK(points[1].growth > 0);

  const BlockScaling block = benchmark.block(6, 2, kThreeRuns);
  CHECK(block.runs == 3);
  CHECK(block.seconds > 0);
  constexpr std::uint64_t kMatrices = 8 * 384 * 384 * sizeof(float);
  CHECK(block.peak_bytes > kMatrices);
  // The memory of an earlier, larger block does not count.
  CHECK(benchmark.block(12, 2, kThreeRuns).peak_bytes > block.peak_bytes);
  CHECK(benchmark.block(6, 2, kThreeRuns).peak_bytes == block.peak_bytes);
  for (const std::string& message : benchmark.validation_messages()) FAIL_CHECK(message);
}

TEST_CASE("scaling: a block beyond the device is too large for it") {
  if (!has_timestamps()) return test::skip("no timestamps");
  ScalingBenchmark benchmark(options());
  // Three terabytes of tokens.
  CHECK_THROWS_WITH_AS(benchmark.block(8, 30'000'000, kThreeRuns), doctest::Contains("'tokens'"),
                       TooLargeError);
  CHECK_THROWS_AS(benchmark.spectral({8}, 30'000'000, kThreeRuns), TooLargeError);
}
