#include "plan/estimate.h"

#include <algorithm>

namespace gfnet::plan {

double estimated_seconds(const Step& step, const kernels::DeviceFacts& device) {
  return std::max(step.flops / device.slowest_flops, step.bytes / device.slowest_bandwidth);
}

bool has_short_steps(const Plan& plan, const kernels::DeviceFacts& device) {
  return std::ranges::all_of(plan.steps, [&](const Step& step) {
    return estimated_seconds(step, device) <= kMostSubmissionSeconds;
  });
}

}  // namespace gfnet::plan
