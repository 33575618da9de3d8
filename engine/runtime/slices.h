#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "plan/plan.h"

namespace gfnet::runtime {

/// Where slices of a plan end, as BatchPipeline::record_slices takes it: each step its own.
std::vector<std::size_t> single_steps(const plan::Plan& plan);

/// Neighbouring steps together, as many as take no longer than limit_s in all; a step that takes
/// longer is alone. seconds: one a step.
std::vector<std::size_t> group_steps(std::span<const double> seconds, double limit_s);

}  // namespace gfnet::runtime
