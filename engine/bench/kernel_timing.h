#pragma once

#include <vector>

#include "gfnet/benchmark.h"
#include "plan/plan.h"

namespace gfnet::bench {

/// Compares the measured time of each step with the least time that the device's ceilings (peak
/// rates) allow. seconds: the measured time of each step, in the order of the plan's steps.
std::vector<KernelTiming> time_steps(const plan::Plan& plan, const std::vector<double>& seconds,
                                     const Ceilings& ceilings);

/// Adds up the timings of all steps that run the same kernel. Returns one entry for each kernel,
/// the entry with the longest time first.
std::vector<KernelTiming> sum_by_kernel(const std::vector<KernelTiming>& steps);

}  // namespace gfnet::bench
