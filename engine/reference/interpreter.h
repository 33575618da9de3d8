#pragma once

#include "graph/graph.h"
#include "reference/operations.h"

namespace gfnet::reference {

/// Computes a graph at any stage of its passes, node by node, for one image.
/// Where the graph stores a value in halves, its elements are rounded as shaders round them.
/// input: the graph's only input, dense. Returns one dense tensor per output of the graph.
std::vector<Values> interpret(const graph::Graph& graph, Input input);

}  // namespace gfnet::reference
