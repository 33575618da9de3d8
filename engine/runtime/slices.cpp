#include "runtime/slices.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>

#include "plan/estimate.h"
#include "runtime/elapsed.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet::runtime {
namespace {

/// Number of runs that measure the steps. The first run does not count, because the driver may
/// compile during it.
constexpr int kMeasuringRuns = 3;

void fill_with_zeros(vulkan::Device& device, const vulkan::Buffer& buffer) {
  vulkan::CommandRecorder recorder(device);
  recorder.fill(buffer, 0, buffer.bytes(), 0);
  const vulkan::Recording recording = recorder.finish();
  device.submit(recording).wait();
}

}  // namespace

std::vector<std::size_t> single_steps(const plan::Plan& plan) {
  std::vector<std::size_t> ends(plan.steps.size());
  std::iota(ends.begin(), ends.end(), std::size_t{1});
  return ends;
}

std::vector<std::size_t> group_steps(std::span<const double> seconds, double limit_s) {
  std::vector<std::size_t> ends;
  double sum = 0;
  for (std::size_t step = 0; step < seconds.size(); ++step) {
    if (step > 0 && sum + seconds[step] > limit_s) {
      ends.push_back(step);
      sum = 0;
    }
    sum += seconds[step];
  }
  if (!seconds.empty()) ends.push_back(seconds.size());
  return ends;
}

std::vector<std::size_t> short_slices(const plan::Plan& plan, const kernels::DeviceFacts& device) {
  std::vector<double> seconds;
  for (const plan::Step& step : plan.steps) {
    seconds.push_back(plan::estimated_seconds(step, device));
  }
  return group_steps(seconds, plan::kMostSubmissionSeconds);
}

void record_timed_slices(vulkan::Device& device, BatchPipeline& pipeline, double limit_s) {
  const std::vector<vulkan::Recording> steps =
      pipeline.record_slices(single_steps(pipeline.plan()));
  fill_with_zeros(device, pipeline.input());
  // Other work on the device can only add time, so the smallest time counts.
  std::vector<double> seconds(steps.size(), std::numeric_limits<double>::infinity());
  for (int run = 0; run < kMeasuringRuns; ++run) {
    for (std::size_t step = 0; step < seconds.size(); ++step) {
      const auto start = std::chrono::steady_clock::now();
      device.submit(steps[step]).wait();
      const double taken = seconds_since(start);
      if (run > 0) seconds[step] = std::min(seconds[step], taken);
    }
  }
  pipeline.replace_slices(pipeline.record_slices(group_steps(seconds, limit_s)));
}

}  // namespace gfnet::runtime
