#include "passes/passes.h"
#include "passes/rewriter.h"

namespace gfnet::passes {
namespace {

using graph::Graph;
using graph::Node;

/// A product whose result only the next node reads and that has no epilogue yet.
bool is_bare_linear(const Graph& graph, const Node* node, const Node& reader) {
  const auto* linear = as<graph::Linear>(node);
  return linear != nullptr && !linear->gelu && node->inputs.size() == 3 &&
         sole_consumer(graph, node->output) == &reader;
}

/// Linear + Gelu → Linear{gelu}, at the place of the Gelu.
Graph fuse_gelu(const Graph& graph) {
  Rewriter rewriter(graph);
  for (const Node& node : graph.nodes()) {
    const Node* reader = sole_consumer(graph, node.output);
    if (as<graph::Gelu>(reader) && is_bare_linear(graph, &node, *reader)) {
      rewriter.replace(reader->output, rewriter.target().add_node(node.name, graph::Linear{true},
                                                                  rewriter[node.inputs]));
    } else {
      rewriter.copy(node);
    }
  }
  return rewriter.finish();
}

/// Linear + Add → Linear with an addend, at the place of the Add: the other operand may be computed
/// between the two.
Graph fuse_add(const Graph& graph) {
  Rewriter rewriter(graph);
  for (const Node& node : graph.nodes()) {
    if (as<graph::Add>(sole_consumer(graph, node.output)) &&
        is_bare_linear(graph, &node, *sole_consumer(graph, node.output)) &&
        sole_consumer(graph, node.output)->inputs[0] == node.output) {
      continue;
    }
    const Node* product = as<graph::Add>(&node) ? graph.producer(node.inputs[0]) : nullptr;
    if (is_bare_linear(graph, product, node)) {
      std::vector<graph::ValueId> inputs = rewriter[product->inputs];
      inputs.push_back(rewriter[node.inputs[1]]);
      rewriter.replace(node.output, rewriter.target().add_node(product->name, product->operation,
                                                               std::move(inputs)));
    } else {
      rewriter.copy(node);
    }
  }
  return rewriter.finish();
}

}  // namespace

Graph fuse_epilogues(const Graph& graph) { return fuse_add(fuse_gelu(graph)); }

}  // namespace gfnet::passes
