#pragma once

#include <vector>

#include "gfnet/benchmark.h"
#include "plan/plan.h"

namespace gfnet::runtime {

/// Compares the measured time of each step with the least time that the ceilings allow. seconds:
/// one per step.
std::vector<KernelTiming> time_steps(const plan::Plan& plan, const std::vector<double>& seconds,
                                     const Ceilings& ceilings);

/// Sums the steps of each kernel. The slowest kernel comes first.
std::vector<KernelTiming> sum_by_kernel(const std::vector<KernelTiming>& steps);

}  // namespace gfnet::runtime
