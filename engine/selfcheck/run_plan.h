#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"
#include "plan/plan.h"
#include "runtime/device_context.h"

namespace gfnet::selfcheck {

/// The dense values of a batch in the device's layout, which pads token rows to whole vectors.
/// value: the graph's input. dense: the elements of all images, image after image.
std::vector<std::byte> stored(const graph::Value& value, std::int64_t batch,
                              const std::vector<float>& dense);

/// The dense values of each output of a plan.
using Outputs = std::vector<std::vector<float>>;

/// Whether two results have the same bits.
bool same_bits(const std::vector<float>& a, const std::vector<float>& b);

/// Runs a plan `times` times, each time with the same input, and returns the outputs of every run.
/// input: bytes in the device's layout. Throws what runtime::BatchPipeline throws.
std::vector<Outputs> run_plan(runtime::DeviceContext& context, plan::Plan plan,
                              std::span<const std::byte> input, int times = 1);

}  // namespace gfnet::selfcheck
