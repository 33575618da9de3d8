#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/half.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace gfnet::passes {
namespace {

using graph::Graph;
using graph::Node;
using graph::Value;
using graph::ValueId;

/// Whether every reader of the value can read it as f16. False for an output of the graph.
bool readers_take_halves(const Graph& graph, ValueId value) {
  if (std::ranges::find(graph.outputs(), value) != graph.outputs().end()) return false;
  return std::ranges::all_of(graph.consumers(value), [&](const Node* reader) {
    const bool first_only =
        std::ranges::count(reader->inputs, value) == 1 && reader->inputs.front() == value;
    // A mean that reads halves can write only halves.
    if (as<graph::TokenMean>(reader)) return readers_take_halves(graph, reader->output);
    return first_only && (as<graph::Linear>(reader) || as<graph::LayerNorm>(reader) ||
                          as<graph::ClassMap>(reader));
  });
}

/// Whether the node's kernels can write f16, given the type of the node's first input.
bool can_write_halves(const Graph& graph, const Node& node) {
  const bool reads_halves = graph.value(node.inputs.front()).dtype == DType::kF16;
  if (graph.value(node.output).layout != graph::Layout::kTokens) return false;
  // A product with an addend writes the residual stream. It stays f32: rounding errors of all
  // blocks would add up in it.
  if (as<graph::Linear>(&node)) return reads_halves && node.inputs.size() == 3;
  if (as<graph::TokenMean>(&node)) return reads_halves;
  // With by_lines, the output also holds the f32 intermediate results of the stages.
  if (const auto* filter = as<graph::SpectralFilter>(&node)) return !filter->by_lines;
  return as<graph::Patches>(&node) || as<graph::LayerNorm>(&node);
}

/// The relative error of a weight w that is stored in f16: ‖w − half(w)‖ / ‖w‖; 0 if w is 0.
/// Subnormal halves count as zero, because some devices flush them.
double rounding_error(const std::vector<float>& weight) {
  constexpr double kSmallestNormal = 0x1p-14;
  double error = 0;
  double norm = 0;
  for (const double w : weight) {
    const double stored = std::abs(w) < kSmallestNormal ? 0.0 : through_half(w);
    error += (w - stored) * (w - stored);
    norm += w * w;
  }
  return norm > 0 ? std::sqrt(error / norm) : 0.0;
}

}  // namespace

Graph half_precision(const Graph& graph) {
  Graph result = graph;
  for (const Node& node : graph.nodes()) {
    if (as<graph::Linear>(&node) && result.value(node.inputs[0]).dtype == DType::kF16) {
      result.set_dtype(node.inputs[1], DType::kF16);
    }
    if (can_write_halves(result, node) && readers_take_halves(result, node.output)) {
      result.set_dtype(node.output, DType::kF16);
    }
  }
  return result;
}

std::optional<UnfitWeight> find_unfit_weight(const Graph& graph) {
  constexpr double kMostError = 0x1p-8;
  for (const Value& value : graph.values()) {
    if (!value.is_constant() || value.dtype != DType::kF16) continue;
    for (const double w : *value.data) {
      if (std::isfinite(w) && std::abs(w) > kLargestHalf) {
        std::ostringstream cause;
        cause << "holds " << w << ", but the largest half is " << kLargestHalf;
        return UnfitWeight{value.name, cause.str()};
      }
    }
    if (rounding_error(*value.data) > kMostError) {
      return UnfitWeight{value.name, "holds values too small for half precision"};
    }
  }
  return std::nullopt;
}

}  // namespace gfnet::passes
