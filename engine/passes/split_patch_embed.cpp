#include "passes/passes.h"
#include "passes/rewriter.h"

namespace gfnet::passes {
namespace {

/// Turns a convolution's weight [O, C, p, p] into a matrix [p·p·C, O]. The matrix's rows are
/// ordered by (patch row, patch column, channel), as Patches orders the columns of its output.
std::vector<float> matrix_of_kernel(const graph::Value& weight) {
  const std::int64_t outputs = weight.shape[0];
  const std::int64_t channels = weight.shape[1];
  const std::int64_t height = weight.shape[2];
  const std::int64_t width = weight.shape[3];
  std::vector<float> matrix(weight.data->size());
  std::size_t source = 0;
  for (std::int64_t o = 0; o < outputs; ++o) {
    for (std::int64_t c = 0; c < channels; ++c) {
      for (std::int64_t y = 0; y < height; ++y) {
        for (std::int64_t x = 0; x < width; ++x) {
          const std::int64_t row = (y * width + x) * channels + c;
          matrix[static_cast<std::size_t>(row * outputs + o)] = (*weight.data)[source++];
        }
      }
    }
  }
  return matrix;
}

}  // namespace

graph::Graph split_patch_embed(const graph::Graph& graph) {
  Rewriter rewriter(graph);
  for (const graph::Node& node : graph.nodes()) {
    const auto* op = as<graph::PatchEmbed>(&node);
    if (op == nullptr) {
      rewriter.copy(node);
      continue;
    }
    const graph::Value& weight = graph.value(node.inputs[1]);
    const std::int64_t outputs = weight.shape[0];
    const graph::ValueId patches =
        rewriter.target().add_node(node.named(node.name + ".patches"),
                                   graph::Patches{op->patch, op->grid}, {rewriter[node.inputs[0]]});
    const graph::ValueId matrix = rewriter.target().add_constant(
        weight.name, {weight.shape.elements() / outputs, outputs}, matrix_of_kernel(weight));
    rewriter.replace(node.output,
                     rewriter.target().add_node(node, graph::Linear{},
                                                {patches, matrix, rewriter[node.inputs[2]]}));
  }
  return rewriter.finish();
}

}  // namespace gfnet::passes
