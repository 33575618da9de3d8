#include "passes/passes.h"
#include "passes/rewriter.h"

namespace gfnet::passes {
namespace {

using graph::Graph;
using graph::Node;

/// Whether the node is a Linear without an epilogue (GELU or addend). False for nullptr.
bool is_bare_linear(const Node* node) {
  const auto* linear = as<graph::Linear>(node);
  return linear != nullptr && !linear->gelu && node->inputs.size() == 3;
}

/// Returns the Add that can be fused into a product; nullptr if there is none. The Add must be the
/// only reader of the product's output, must read that output as its first operand, and must read
/// another value as its second.
const Node* absorbing_add(const Graph& graph, const Node* product) {
  if (!is_bare_linear(product)) return nullptr;
  const Node* reader = sole_consumer(graph, product->output);
  const bool absorbs = as<graph::Add>(reader) && reader->inputs[0] == product->output &&
                       reader->inputs[1] != product->output;
  return absorbs ? reader : nullptr;
}

/// Linear + Gelu → Linear{gelu}.
Graph fuse_gelu(const Graph& graph) {
  Rewriter rewriter(graph);
  for (const Node& node : graph.nodes()) {
    const Node* reader = sole_consumer(graph, node.output);
    if (as<graph::Gelu>(reader) && is_bare_linear(&node)) {
      rewriter.replace(reader->output, rewriter.target().add_node(node, graph::Linear{true},
                                                                  rewriter[node.inputs]));
    } else {
      rewriter.copy(node);
    }
  }
  return rewriter.finish();
}

/// Linear + Add → Linear with an addend. The new node takes the place of the Add, because the Add's
/// other operand may be computed between the Linear and the Add.
Graph fuse_add(const Graph& graph) {
  Rewriter rewriter(graph);
  for (const Node& node : graph.nodes()) {
    if (absorbing_add(graph, &node) != nullptr) continue;
    const Node* product = as<graph::Add>(&node) ? graph.producer(node.inputs[0]) : nullptr;
    if (absorbing_add(graph, product) == &node) {
      std::vector<graph::ValueId> inputs = rewriter[product->inputs];
      inputs.push_back(rewriter[node.inputs[1]]);
      rewriter.replace(node.output,
                       rewriter.target().add_node(*product, product->operation, std::move(inputs)));
    } else {
      rewriter.copy(node);
    }
  }
  return rewriter.finish();
}

}  // namespace

Graph fuse_epilogues(const Graph& graph) { return fuse_add(fuse_gelu(graph)); }

}  // namespace gfnet::passes
