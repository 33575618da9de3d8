#pragma once

#include <vector>

#include "plan/linear_kernels.h"

namespace gfnet::plan {

/// Kernels for a device's matrix units, best first by rule; none if it has no shape that they can
/// use, or the problem's rows are no whole vectors of eight halves. All use the same shape,
/// whatever the problem.
std::vector<LinearKernel> matrix_kernels(const LinearProblem& problem, const DeviceFacts& device);

}  // namespace gfnet::plan
