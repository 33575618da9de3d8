#include "passes/passes.h"
#include "passes/rewriter.h"

namespace gfnet::passes {
namespace {

std::vector<float> scale_columns(const graph::Value& matrix, const graph::Value& gamma) {
  std::vector<float> scaled = *matrix.data;
  const std::size_t columns = gamma.data->size();
  for (std::size_t i = 0; i < scaled.size(); ++i) scaled[i] *= (*gamma.data)[i % columns];
  return scaled;
}

}  // namespace

graph::Graph fold_layer_scale(const graph::Graph& graph) {
  Rewriter rewriter(graph);
  for (const graph::Node& node : graph.nodes()) {
    const graph::Node* scale = sole_consumer(graph, node.output);
    const auto* linear = as<graph::Linear>(&node);
    if (linear != nullptr && !linear->gelu && node.inputs.size() == 3 && as<graph::Scale>(scale)) {
      const graph::Value& gamma = graph.value(scale->inputs[1]);
      const graph::Value& matrix = graph.value(node.inputs[1]);
      const graph::Value& bias = graph.value(node.inputs[2]);
      graph::Graph& target = rewriter.target();
      const graph::ValueId x = rewriter[node.inputs[0]];
      const graph::ValueId folded_matrix =
          target.add_constant(matrix.name, matrix.shape, scale_columns(matrix, gamma));
      const graph::ValueId folded_bias =
          target.add_constant(bias.name, bias.shape, scale_columns(bias, gamma));
      rewriter.replace(scale->output,
                       target.add_node(node, *linear, {x, folded_matrix, folded_bias}));
    } else {
      rewriter.copy(node);
    }
  }
  return rewriter.finish();
}

}  // namespace gfnet::passes
