#pragma once

#include <vector>

#include "gfnet/compiled.h"
#include "plan/plan.h"
#include "vulkan/device.h"

namespace gfnet::compiler {

/// Compiles the pipelines of a plan and reads the driver's statistics. Returns each pipeline once,
/// in the plan's order. Uses all threads of the machine. If the device does not support a pipeline,
/// sets CompiledPipeline::refusal. Throws VulkanError.
std::vector<CompiledPipeline> compile_for_statistics(const vulkan::Device& device, const plan::Plan& plan);

}  // namespace gfnet::compiler
