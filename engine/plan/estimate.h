#pragma once

#include "kernels/device_facts.h"
#include "plan/plan.h"

namespace gfnet::plan {

/// Longest time, in seconds, that one submission to the device should take by estimate. Operating
/// systems reset a GPU whose work takes longer than some seconds, and other programs wait.
inline constexpr double kMostSubmissionSeconds = 0.5;

/// The time, in seconds, that a step takes at most on a device of this kind, unless its driver
/// compiles. An upper estimate from the step's operations and bytes and from the rates that the
/// slowest devices of the kind reach (DeviceFacts::slowest_flops, slowest_bandwidth).
double estimated_seconds(const Step& step, const kernels::DeviceFacts& device);

/// Whether each step takes at most kMostSubmissionSeconds by estimate.
bool has_short_steps(const Plan& plan, const kernels::DeviceFacts& device);

}  // namespace gfnet::plan
