#pragma once

#include <vector>

#include "gfnet/benchmark.h"
#include "plan/plan.h"

namespace gfnet::runtime {

/// Holds the steps' measured times against the ceilings. seconds: one a step.
std::vector<KernelTiming> time_steps(const plan::Plan& plan, const std::vector<double>& seconds,
                                     const Ceilings& ceilings);

/// Sums steps with the same kernel; the slowest kernel first.
std::vector<KernelTiming> sum_by_kernel(const std::vector<KernelTiming>& steps);

}  // namespace gfnet::runtime
