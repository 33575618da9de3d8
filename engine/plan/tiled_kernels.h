#pragma once

#include <vector>

#include "plan/linear_kernels.h"

namespace gfnet::plan {

/// Kernels that take a product tile by tile through the memory that a workgroup shares, for GPUs:
/// the few that a rule expects to be fastest, best first; at least one for every Vulkan device.
/// Halves are multiplied as such where the device has arithmetic for them.
std::vector<LinearKernel> tiled_kernels(const LinearProblem& problem, const DeviceFacts& device);

}  // namespace gfnet::plan
