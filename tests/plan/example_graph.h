#pragma once

#include "graph/graph.h"
#include "passes/passes.h"

namespace gfnet::test {

/// A pyramid of two stages, 8×8 and 4×4, with random weights and an odd number of channels, as the
/// passes leave it.
graph::Graph example_graph(const passes::Options& options = {});

}  // namespace gfnet::test
