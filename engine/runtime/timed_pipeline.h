#pragma once

#include <functional>
#include <vector>

#include "gfnet/benchmark.h"
#include "runtime/batch_pipeline.h"

namespace gfnet::runtime {

/// Seed of all random numbers in measurements. The seed is fixed, so that a measurement can be
/// repeated.
inline constexpr unsigned kMeasurementSeed = 1;

/// Calls run() once without counting this run. Then calls run() as many times, or for as long, as
/// the budget says. run() returns its own time in seconds. Returns the times of the counted runs.
/// Throws ArgumentError if the budget has a negative number, or seconds that are not finite.
std::vector<double> sample(const MeasurementBudget& budget, const std::function<double()>& run);

/// Returns the median, the minimum and the 95th percentile of `seconds`, the times of runs with
/// batches of `batch` images. `seconds` must not be empty.
BatchTiming summarize(std::int64_t batch, std::vector<double> seconds);

/// Runs a pipeline on random numbers and measures the time.
class TimedPipeline {
 public:
  /// context and pipeline must outlive this object.
  TimedPipeline(DeviceContext& context, const BatchPipeline& pipeline);

  /// Writes the input, then runs the pipeline. Returns the seconds from the submission of the run
  /// until the run's outputs are in host memory. The time to write the input is not included.
  double run();

 private:
  DeviceContext& context_;
  const BatchPipeline& pipeline_;
  vulkan::Memory memory_;
  vulkan::Buffer source_;
  vulkan::Recording fill_;
};

}  // namespace gfnet::runtime
