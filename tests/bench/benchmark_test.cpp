#include "gfnet/benchmark.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>

#include "bench/kernel_timing.h"
#include "bench/spectral_timing.h"
#include "gfnet/error.h"
#include "runtime/timed_pipeline.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/reference_files.h"

using namespace gfnet;
using gfnet::test::Random;

namespace {

constexpr MeasurementBudget kFiveRuns{5, 0};

Benchmark small_benchmark(std::optional<ImageSize> size = {}) {
  ClassifierOptions options;
  options.image_size = size;
  options.device = test::wanted_device();
  options.validation = test::wants_validation();
  return Benchmark(test::reference_file("flat-8x8-32px.pth"), options);
}

/// VkFFT transforms a grid of 34×34: it is too large for the fused kernel, and 34 does not split
/// into two factors of at most 16.
Benchmark benchmark_with_vkfft() { return small_benchmark(ImageSize{4 * 34, 4 * 34}); }

void check_silent(const Benchmark& benchmark) {
  for (const std::string& message : benchmark.validation_messages()) FAIL_CHECK(message);
}

/// Whether the device has timestamps. Without them, it times whole runs but no kernel.
bool has_timestamps(const Benchmark& benchmark) { return benchmark.device().timestamps; }

double sum_of(const std::vector<KernelTiming>& kernels, double KernelTiming::* field) {
  return std::accumulate(
      kernels.begin(), kernels.end(), 0.0,
      [&](double sum, const KernelTiming& kernel) { return sum + kernel.*field; });
}

}  // namespace

TEST_CASE("order statistics of times") {
  Random random;
  CAPTURE(random.seed());
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 2, 8}) == 3);
  CHECK_THROWS_AS(median({}), ArgumentError);
  std::vector<double> seconds(100);
  std::iota(seconds.begin(), seconds.end(), 1);
  std::ranges::shuffle(seconds, std::mt19937(random.seed()));
  const BatchTiming timing = runtime::summarize(7, seconds);
  CHECK(timing.batch == 7);
  CHECK(timing.runs == 100);
  CHECK(timing.min_s == 1);
  CHECK(timing.median_s == 50.5);
  CHECK(timing.p95_s == 95);
  const BatchTiming one = runtime::summarize(1, {5});
  CHECK((one.min_s == 5 && one.median_s == 5 && one.p95_s == 5));
}

TEST_CASE("sample keeps to its budget and does not count the first run") {
  int runs = 0;
  const auto run = [&] { return static_cast<double>(runs++); };
  CHECK(runtime::sample({4, 100}, run) == std::vector<double>{1, 2, 3, 4});
  runs = 0;
  CHECK(runtime::sample({0, 0}, run) == std::vector<double>{1, 2, 3});
  runs = 0;
  CHECK(runtime::sample({0, 0.02}, run).size() > 3);
}

TEST_CASE("a kernel is compared with the ceiling that bounds it") {
  plan::Plan plan;
  for (const char* kernel : {"a", "b", "a"}) {
    plan::KernelStep work;
    work.kernel = kernel;
    plan::Step step;
    step.name = "step of " + work.kernel;
    step.work = work;
    plan.steps.push_back(step);
  }
  plan.steps[0].flops = 1000;  // 10 s of arithmetic, 1 s of memory
  plan.steps[0].bytes = 10;
  plan.steps[1].bytes = 300;  // 30 s of memory
  plan.steps[2].flops = 200;
  Ceilings ceilings;
  ceilings.fp32_flops_per_second = 100;
  ceilings.copy_bytes_per_second = 10;
  const auto steps = bench::time_steps(plan, {20, 60, 4}, ceilings);
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].compute_bound());
  CHECK(steps[0].share() == 0.5);
  CHECK(steps[0].flops_per_second() == 50);
  CHECK(!steps[1].compute_bound());
  CHECK(steps[1].share() == 0.5);
  CHECK(steps[1].bytes_per_second() == 5);

  // Halves and matrix units have their own ceilings, if those were measured.
  plan.steps[0].arithmetic = kernels::Arithmetic::kHalf;
  plan.steps[2].arithmetic = kernels::Arithmetic::kMatrix;
  CHECK(bench::time_steps(plan, {20, 60, 4}, ceilings)[0].share() == 0.5);
  ceilings.fp16_flops_per_second = 200;
  ceilings.matrix_flops_per_second = 1000;
  const auto halves = bench::time_steps(plan, {20, 60, 4}, ceilings);
  CHECK(halves[0].arithmetic == "fp16");
  CHECK(halves[0].share() == 0.25);
  CHECK(halves[1].arithmetic == "fp32");
  CHECK(halves[2].arithmetic == "matrix");
  CHECK(halves[2].compute_floor_s == 0.2);

  const auto kernels = bench::sum_by_kernel(steps);
  REQUIRE(kernels.size() == 2);
  CHECK(kernels[0].name == "b");
  CHECK(kernels[1].name == "a");
  CHECK(kernels[1].steps == 2);
  CHECK(kernels[1].seconds == 24);
  CHECK(kernels[1].share() == 0.5);
}

TEST_CASE("ceilings are positive and above the speed of matrix products") {
  Benchmark benchmark = small_benchmark();
  const Ceilings& ceilings = benchmark.ceilings();
  CHECK(ceilings.fp32_flops_per_second > 1e6);
  CHECK(ceilings.copy_bytes_per_second > 1e6);
  CHECK(ceilings.fp16_flops_per_second.has_value() == benchmark.device().fp16_arithmetic);
  CHECK(ceilings.fp16_flops_per_second.value_or(1e9) > 1e6);
  CHECK(&ceilings == &benchmark.ceilings());
  const double highest =
      std::max({ceilings.fp32_flops_per_second, ceilings.fp16_flops_per_second.value_or(0),
                ceilings.matrix_flops_per_second.value_or(0)});
  check_silent(benchmark);
  if (!has_timestamps(benchmark)) return;
  for (const KernelTiming& kernel : benchmark.time_kernels(2, kFiveRuns).by_kernel) {
    CAPTURE(kernel.name);
    if (kernel.kernel.starts_with("linear")) CHECK(kernel.flops_per_second() < highest);
  }
  check_silent(benchmark);
}

TEST_CASE("kernel times fit into the run's and sums by kernel equal sums by step") {
  Benchmark benchmark = small_benchmark();
  if (!has_timestamps(benchmark)) {
    CHECK_THROWS_WITH_AS(benchmark.time_kernels(3, kFiveRuns), doctest::Contains("timestamps"),
                         UnsupportedError);
    return check_silent(benchmark);
  }
  const KernelTimings timings = benchmark.time_kernels(3, kFiveRuns);
  CHECK(timings.batch == 3);
  CHECK(timings.runs == 5);
  REQUIRE(!timings.steps.empty());
  for (const KernelTiming& step : timings.steps) {
    CAPTURE(step.name);
    CHECK(step.seconds >= 0);
    CHECK(step.flops + step.bytes > 0);
  }
  const double seconds = sum_of(timings.steps, &KernelTiming::seconds);
  CHECK(seconds > 0);
  // A sum of medians may exceed the median run, and the processor may have other work.
  CHECK(seconds < 1.2 * timings.wall_s);
  for (const auto field : {&KernelTiming::seconds, &KernelTiming::flops, &KernelTiming::bytes}) {
    CHECK(sum_of(timings.by_kernel, field) ==
          doctest::Approx(sum_of(timings.steps, field)).epsilon(1e-12));
  }
  CHECK(std::ranges::is_sorted(timings.by_kernel, std::ranges::greater(), &KernelTiming::seconds));
  check_silent(benchmark);
}

TEST_CASE("algorithms are compared within each round") {
  // The machine slows down fourfold: the medians have a ratio of 3, but most rounds a ratio of 2.
  const auto algorithms =
      bench::compare_algorithms({"a", "b", "copy"}, {{1, 2, 4}, {2, 6, 8}, {1, 1, 2}});
  REQUIRE(algorithms.size() == 3);
  CHECK(algorithms[1].name == "b");
  CHECK(algorithms[1].median_s == 6);
  CHECK(algorithms[1].min_s == 2);
  CHECK(algorithms[1].over_first == 2);
  CHECK(algorithms[1].over_copy == 4);
  CHECK(algorithms[0].over_first == 1);
  CHECK(algorithms[0].over_copy == 2);
  CHECK(algorithms[2].over_copy == 1);
  CHECK(algorithms[2].over_first == 0.5);
}

TEST_CASE("each spectral layer of a model is timed on each path and beside a copy") {
  Benchmark benchmark = small_benchmark();
  if (!has_timestamps(benchmark)) {
    CHECK_THROWS_WITH_AS(benchmark.time_spectral(2, kFiveRuns), doctest::Contains("timestamps"),
                         UnsupportedError);
    return check_silent(benchmark);
  }
  const auto timings = benchmark.time_spectral(2, kFiveRuns);
  REQUIRE(timings.size() == 1);
  const SpectralTiming& timing = timings.front();
  const StageDescription& stage = benchmark.model().description().stages.front();
  CHECK(timing.grid_height == stage.grid_height);
  CHECK(timing.grid_width == stage.grid_width);
  CHECK(timing.channels == stage.channels);
  CHECK(timing.batch == 2);
  CHECK(timing.runs == 5);
  REQUIRE(timing.algorithms.size() == 3);
  CHECK(timing.algorithms[0].name == "fused");
  CHECK(timing.algorithms[1].name == "vkfft");
  CHECK(timing.algorithms[2].name == "copy");
  for (const SpectralAlgorithmTiming& algorithm : timing.algorithms) {
    CHECK(algorithm.min_s > 0);
    CHECK(algorithm.min_s <= algorithm.median_s);
    CHECK(algorithm.over_copy > 0);
  }
  check_silent(benchmark);
}

TEST_CASE("start-up is the sum of its parts and must be measured first") {
  Benchmark benchmark = benchmark_with_vkfft();
  const StartupTiming t = benchmark.startup(2);
  CHECK(t.batch == 2);
  const double parts[] = {t.device_s, t.checkpoint_s, t.graph_s,
                          t.upload_s, t.pipelines_s,  t.first_run_s};
  for (const double part : parts) CHECK(part > 0);
  CHECK(t.total_s ==
        doctest::Approx(std::accumulate(std::begin(parts), std::end(parts), 0.0)).epsilon(1e-9));
  CHECK(t.pipelines > 0);
  CHECK(t.fft_plans > 0);
  CHECK(t.fft_plans_loaded <= t.fft_plans);
  CHECK_THROWS_AS(benchmark.startup(2), Error);

  const BatchTiming timing = benchmark.time(2, kFiveRuns);
  CHECK(timing.batch == 2);
  CHECK(timing.runs == 5);
  CHECK(timing.min_s > 0);
  CHECK(timing.min_s <= timing.median_s);
  CHECK(timing.median_s <= timing.p95_s);

  // A second start finds the first one's FFT plans on disk.
  Benchmark again = benchmark_with_vkfft();
  const StartupTiming second = again.startup(2);
  CHECK(second.fft_plans_loaded == second.fft_plans);
  again.time(1, kFiveRuns);
  Benchmark late = benchmark_with_vkfft();
  late.time(1, kFiveRuns);
  CHECK_THROWS_AS(late.startup(1), Error);
  for (const Benchmark* each : {&benchmark, &again, &late}) check_silent(*each);
}

TEST_CASE("memory is that of one batch and does not depend on earlier measurements") {
  Benchmark benchmark = small_benchmark();
  const BatchMemory first = benchmark.memory(2);
  benchmark.time(1, kFiveRuns);
  benchmark.memory(16);
  const BatchMemory use = benchmark.memory(2);
  CHECK(use.batch == 2);
  CHECK(use.weights_bytes >= use.planned_weights_bytes);
  CHECK(use.arena_bytes >= use.planned_arena_bytes);
  CHECK(use.peak_bytes >= use.weights_bytes + use.arena_bytes + use.fft_scratch_bytes);
  CHECK(use.host_visible_bytes > 0);
  CHECK(use.host_visible_peak_bytes >= use.host_visible_bytes);
  CHECK(use.peak_bytes == first.peak_bytes);
  CHECK(use.peak_bytes <= use.bound_bytes);
  CHECK(use.arena_bytes == first.arena_bytes);
  CHECK(use.weights_bytes == first.weights_bytes);
  CHECK(benchmark.memory(16).arena_bytes > use.arena_bytes);
  check_silent(benchmark);
}

TEST_CASE("memory of a layer on VkFFT's path is within the bound, including VkFFT's own") {
  Benchmark benchmark = benchmark_with_vkfft();
  for (const std::int64_t batch : {1, 8}) {
    CAPTURE(batch);
    const BatchMemory use = benchmark.memory(batch);
    CHECK(use.fft_scratch_bytes > 0);
    CHECK(use.peak_bytes >= use.weights_bytes + use.arena_bytes + use.fft_scratch_bytes);
    CHECK(use.peak_bytes <= use.bound_bytes);
  }
  check_silent(benchmark);
}
