#pragma once

#include <vector>

#include "gfnet/compiled.h"
#include "plan/plan.h"
#include "vulkan/device.h"

namespace gfnet::runtime {

/// Builds every pipeline of a plan with the driver's statistics, each once, in the plan's order;
/// on all of the machine's threads.
std::vector<CompiledPipeline> compile_plan(const vulkan::Device& device, const plan::Plan& plan);

}  // namespace gfnet::runtime
