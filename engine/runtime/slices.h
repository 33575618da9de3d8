#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "plan/plan.h"

namespace gfnet::runtime {

/// Returns the argument `ends` for BatchPipeline::record_slices that makes every step its own
/// slice.
std::vector<std::size_t> single_steps(const plan::Plan& plan);

/// Returns the argument `ends` for slices of consecutive steps that take at most limit_s seconds in
/// total. A step that takes longer is a slice of its own. seconds: the time of each step.
std::vector<std::size_t> group_steps(std::span<const double> seconds, double limit_s);

}  // namespace gfnet::runtime
