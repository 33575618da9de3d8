#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "plan/plan.h"

namespace gfnet::runtime {

/// The ends of slices for BatchPipeline::record_slices, with every step in its own slice.
std::vector<std::size_t> single_steps(const plan::Plan& plan);

/// The ends of slices that group consecutive steps of at most limit_s seconds in total. A step that
/// takes longer is alone. seconds: one per step.
std::vector<std::size_t> group_steps(std::span<const double> seconds, double limit_s);

}  // namespace gfnet::runtime
