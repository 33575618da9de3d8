#pragma once

#include "graph/graph.h"
#include "reference/operations.h"

namespace gfnet::reference {

/// Computes a graph node by node in double, for one image. The graph may be before or after any of
/// the passes. Values that the graph stores as f16 are rounded to halves, as in the shaders.
/// input: the graph's only input, dense. Returns one dense tensor per output of the graph, in the
/// graph's order.
std::vector<Values> interpret(const graph::Graph& graph, Input input);

}  // namespace gfnet::reference
