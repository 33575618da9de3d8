#pragma once

#include "graph/graph.h"
#include "passes/passes.h"

namespace gfnet::test {

/// A pyramid with random weights after all passes: 8×8 tokens of 6 channels, then 4×4 tokens of 9.
graph::Graph example_graph(const passes::Options& options = {});

}  // namespace gfnet::test
