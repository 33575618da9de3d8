#include <algorithm>
#include <map>

#include "passes/passes.h"
#include "passes/rewriter.h"

namespace gfnet::passes {
namespace {

using graph::Graph;
using graph::Node;
using graph::Value;
using graph::ValueId;

/// The weight γ [C] and bias β [C] of a LayerNorm. They were removed from the LayerNorm, and a
/// following operation will absorb them.
struct Affine {
  const Value* weight;
  const Value* bias;
};

/// Whether every operation that reads the value (a LayerNorm's output) can absorb γ and β. False if
/// the value is an output of the graph: the LayerNorm must then keep γ and β.
bool can_absorb(const Graph& graph, ValueId value) {
  if (std::ranges::find(graph.outputs(), value) != graph.outputs().end()) return false;
  return std::ranges::all_of(graph.consumers(value), [&](const Node* reader) {
    // A product absorbs γ and β through its matrix only: the value must not also be its addend.
    const bool first_only =
        std::ranges::count(reader->inputs, value) == 1 && reader->inputs.front() == value;
    if (as<graph::TokenMean>(reader)) return can_absorb(graph, reader->output);
    return first_only && (as<graph::Linear>(reader) || as<graph::GlobalFilter>(reader) ||
                          as<graph::ClassMap>(reader));
  });
}

/// Moves γ and β into the product that reads the normalised x: (γ ⊙ x + β)·W + b = x·(diag(γ)·W) +
/// (b + β·W). W: the [K, O] of a Linear, or the transposed [O, K] of a ClassMap. b + β·W is summed
/// in double, in the order of K.
void absorb_into_product(Rewriter& rewriter, const Node& node, const Affine& affine) {
  const Value& matrix = rewriter.source().value(node.inputs[1]);
  const Value& bias = rewriter.source().value(node.inputs[2]);
  const std::size_t rows = affine.weight->data->size();
  const std::size_t columns = bias.data->size();
  const bool transposed = as<graph::ClassMap>(&node) != nullptr;
  std::vector<float> folded = *matrix.data;
  std::vector<double> shift(bias.data->begin(), bias.data->end());
  for (std::size_t k = 0; k < rows; ++k) {
    for (std::size_t o = 0; o < columns; ++o) {
      float& element = folded[transposed ? o * rows + k : k * columns + o];
      shift[o] += static_cast<double>((*affine.bias->data)[k]) * element;
      element *= (*affine.weight->data)[k];
    }
  }
  Graph& target = rewriter.target();
  std::vector<ValueId> inputs = rewriter[node.inputs];
  inputs[1] = target.add_constant(matrix.name, matrix.shape, std::move(folded));
  inputs[2] = target.add_constant(bias.name, bias.shape, {shift.begin(), shift.end()});
  rewriter.replace(node.output, target.add_node(node, node.operation, std::move(inputs)));
}

/// Moves γ and β into a global filter K. The filter is linear and acts on each channel separately,
/// so γ[c] scales channel c of K. β is constant over the grid, so it reaches only the bin (0, 0).
/// The inverse keeps only the real part of that bin, so the filter's bias grows by
/// β[c]·Re(K[0,0,c]).
void absorb_into_filter(Rewriter& rewriter, const Node& node, const Affine& affine) {
  const Value& filter = rewriter.source().value(node.inputs[1]);
  const std::size_t channels = affine.weight->data->size();
  std::vector<float> shift(channels, 0.0f);
  if (node.inputs.size() == 3) shift = *rewriter.source().value(node.inputs[2]).data;
  for (std::size_t c = 0; c < channels; ++c) {
    shift[c] += (*affine.bias->data)[c] * (*filter.data)[2 * c];
  }
  std::vector<float> folded = *filter.data;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    folded[i] *= (*affine.weight->data)[(i / 2) % channels];
  }
  Graph& target = rewriter.target();
  const ValueId folded_filter = target.add_constant(filter.name, filter.shape, std::move(folded));
  const ValueId bias = target.add_constant(node.name + ".bias",
                                           {static_cast<std::int64_t>(channels)}, std::move(shift));
  rewriter.replace(node.output, target.add_node(node, node.operation,
                                                {rewriter[node.inputs[0]], folded_filter, bias}));
}

}  // namespace

Graph fold_norm_affine(const Graph& graph) {
  Rewriter rewriter(graph);
  std::map<ValueId, Affine> pending;
  for (const Node& node : graph.nodes()) {
    const auto affine = pending.find(node.inputs.front());
    if (as<graph::LayerNorm>(&node) && node.inputs.size() == 3 && can_absorb(graph, node.output)) {
      pending[node.output] = {&graph.value(node.inputs[1]), &graph.value(node.inputs[2])};
      rewriter.replace(node.output, rewriter.target().add_node(node, node.operation,
                                                               {rewriter[node.inputs[0]]}));
    } else if (affine == pending.end()) {
      rewriter.copy(node);
    } else if (as<graph::TokenMean>(&node)) {
      pending[node.output] = affine->second;
      rewriter.copy(node);
    } else if (as<graph::GlobalFilter>(&node)) {
      absorb_into_filter(rewriter, node, affine->second);
    } else {
      absorb_into_product(rewriter, node, affine->second);
    }
  }
  return rewriter.finish();
}

}  // namespace gfnet::passes
