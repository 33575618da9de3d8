#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "plan/plan.h"
#include "runtime/batch_pipeline.h"
#include "vulkan/device.h"

namespace gfnet::runtime {

/// Returns the argument `ends` with which BatchPipeline::record_slices makes every step a slice of
/// its own.
std::vector<std::size_t> single_steps(const plan::Plan& plan);

/// Returns the argument `ends` with which BatchPipeline::record_slices groups consecutive steps
/// into slices of at most limit_s seconds. A step that takes longer than limit_s is a slice of its
/// own. seconds: the time of each step.
std::vector<std::size_t> group_steps(std::span<const double> seconds, double limit_s);

/// Returns the argument `ends` with which a plan is divided into slices of at most
/// plan::kMostSubmissionSeconds by estimate.
std::vector<std::size_t> short_slices(const plan::Plan& plan, const kernels::DeviceFacts& device);

/// Gives a pipeline slices of at most limit_s seconds (BatchPipeline::replace_slices). To measure
/// the pipeline's steps, runs each step alone a few times, on an input of zeros. Throws
/// VulkanError; the pipeline then keeps the slices that it had before the call.
void record_timed_slices(vulkan::Device& device, BatchPipeline& pipeline, double limit_s);

}  // namespace gfnet::runtime
