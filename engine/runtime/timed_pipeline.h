#pragma once

#include <functional>
#include <vector>

#include "gfnet/benchmark.h"
#include "runtime/batch_pipeline.h"

namespace gfnet::runtime {

/// The median; of an even number of values, halfway between the two in the middle. Not of none.
double median(std::vector<double> values);

/// One time a run: run() tells its own.
std::vector<double> sample(const MeasurementBudget& budget, const std::function<double()>& run);

/// Their order statistics.
BatchTiming summarize(std::int64_t batch, std::vector<double> seconds);

/// A pipeline with random numbers to run on.
class TimedPipeline {
 public:
  /// Both must outlive it.
  TimedPipeline(DeviceContext& context, const BatchPipeline& pipeline);

  /// Seconds from the submission until the outputs are in host memory, without their padding.
  double run();

 private:
  DeviceContext& context_;
  const BatchPipeline& pipeline_;
  vulkan::Memory memory_;
  vulkan::Buffer source_;
  vulkan::Recording fill_;
};

}  // namespace gfnet::runtime
