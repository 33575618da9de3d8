#include "runtime/timed_pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include "gfnet/error.h"
#include "runtime/elapsed.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet {

double median(std::vector<double> values) {
  if (values.empty()) throw ArgumentError("the median of no values");
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

namespace runtime {
namespace {

constexpr std::int64_t kLeastRuns = 3;

vulkan::Recording copy(vulkan::Device& device, const vulkan::Buffer& from,
                       const vulkan::Buffer& to) {
  vulkan::CommandRecorder recorder(device);
  recorder.copy(from, to, to.bytes());
  return recorder.finish();
}

}  // namespace

std::vector<double> sample(const MeasurementBudget& budget, const std::function<double()>& run) {
  if (budget.runs < 0 || !(budget.seconds >= 0) || std::isinf(budget.seconds)) {
    throw ArgumentError(fmt::format("a measurement cannot make {} runs or take {:f} seconds",
                                    budget.runs, budget.seconds));
  }
  run();
  std::vector<double> seconds;
  const auto start = std::chrono::steady_clock::now();
  const auto is_enough = [&] {
    const auto runs = static_cast<std::int64_t>(seconds.size());
    if (budget.runs > 0) return runs >= budget.runs;
    return runs >= kLeastRuns && seconds_since(start) >= budget.seconds;
  };
  while (!is_enough()) seconds.push_back(run());
  return seconds;
}

BatchTiming summarize(std::int64_t batch, std::vector<double> seconds) {
  std::ranges::sort(seconds);
  const double rank = std::ceil(0.95 * static_cast<double>(seconds.size()));
  BatchTiming timing;
  timing.batch = batch;
  timing.runs = static_cast<std::int64_t>(seconds.size());
  timing.p95_s = seconds[static_cast<std::size_t>(rank) - 1];
  timing.min_s = seconds.front();
  timing.median_s = median(std::move(seconds));
  return timing;
}

TimedPipeline::TimedPipeline(DeviceContext& context, const BatchPipeline& pipeline)
    : context_(context),
      pipeline_(pipeline),
      memory_(context.device(), pipeline.input().bytes(), vulkan::MemoryKind::kUpload),
      source_(context.device(), memory_, pipeline.input().bytes()),
      fill_(copy(context.device(), source_, pipeline.input())) {
  std::mt19937 engine(kMeasurementSeed);
  std::normal_distribution<float> distribution;
  const std::span<std::byte> bytes = source_.mapped();
  for (std::size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
    const float value = distribution(engine);
    std::memcpy(bytes.data() + at, &value, sizeof value);
  }
}

double TimedPipeline::run() {
  // Before every run, because later steps of a run reuse the input's memory.
  context_.device().submit(fill_).wait();
  const auto start = std::chrono::steady_clock::now();
  for (vulkan::Submission& submission : pipeline_.submit()) submission.wait();
  for (std::size_t i = 0; i < pipeline_.plan().outputs.size(); ++i) pipeline_.output(i);
  return seconds_since(start);
}

}  // namespace runtime
}  // namespace gfnet
