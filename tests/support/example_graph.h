#pragma once

#include "graph/graph.h"
#include "support/expanded.h"

namespace gfnet::test {

/// A pyramid with random weights after all passes: 8×8 tokens of 6 channels, then 4×4 tokens of 9.
graph::Graph example_graph(const Choosing& how = {});
/// The same with every global filter in one kernel.
graph::Graph fused_graph();

}  // namespace gfnet::test
