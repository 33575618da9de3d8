#pragma once

#include <cstdint>

#include "graph/graph.h"
#include "plan/choices.h"
#include "runtime/device_context.h"

namespace gfnet::runtime {

/// Finds out on the device which kernels are fastest for a graph at a batch size.
///
/// Runs the whole network once with each problem's first candidate, once with each one's second,
/// and so on, and takes every step's time by timestamps: so each kernel is measured where it will
/// run, with the memory traffic around it, and all problems share the runs. Problems that `known`
/// answers, that have one candidate only, or that are too small to matter are left alone.
///
/// graph: after passes::optimize. Returns `known` and what was found, all of which a later call
/// leaves alone. A device without timestamps learns nothing. Throws what planning and running the
/// graph throw.
plan::Choices tune(DeviceContext& context, const graph::Graph& graph, std::int64_t batch,
                   const plan::Choices& known);

}  // namespace gfnet::runtime
