#pragma once

#include <cmath>
#include <variant>

#include "gfnet/gfnet.h"
#include "graph/graph.h"
#include "model/build_graph.h"
#include "model/model_contents.h"
#include "support/expanded.h"

namespace gfnet::test {

/// Bound on ‖Δ‖/‖logits‖ from float rounding, for a graph after passes::expand and for any
/// kernels. Every operation adds its own relative error and passes earlier errors on; layer norms
/// keep values at the same magnitude, so errors add up and do not grow. Errors in units of the
/// roundoff (2^-24):
/// - a sum of n products: 4 + 2√n. It rounds n times, and independent roundings add up like √n.
///   The factor 2 allows for any order of summation; the 4 covers element-wise arithmetic.
/// - a forward and an inverse transform of N points: 8·(log2 N + 2) in total, as in
///   spectral_test.cpp.
inline double float_rounding(const graph::Graph& graph) {
  constexpr double kUnitRoundoff = 0x1p-24;
  const auto sum = [](std::int64_t terms) { return 4 + 2 * std::sqrt(static_cast<double>(terms)); };
  const auto transforms = [](const graph::Extent& grid) {
    return 8 * (std::log2(static_cast<double>(grid.area())) + 2);
  };
  double roundings = 0;
  for (const graph::Node& node : graph.nodes()) {
    const graph::Value& x = graph.value(node.inputs.front());
    if (std::holds_alternative<graph::Linear>(node.operation)) {
      roundings += sum(graph.value(node.inputs[1]).shape[0]);
    } else if (std::holds_alternative<graph::TokenMean>(node.operation)) {
      roundings += sum(x.shape[0]);
    } else if (std::holds_alternative<graph::LayerNorm>(node.operation) ||
               std::holds_alternative<graph::TokenStatistics>(node.operation)) {
      roundings += sum(x.layout == graph::Layout::kTokens ? x.shape[1] : x.shape[0]);
    } else if (const auto* op = std::get_if<graph::SpectralFilter>(&node.operation)) {
      roundings += transforms(op->grid);
    } else if (const auto* forth = std::get_if<graph::Rfft2>(&node.operation)) {
      roundings += transforms(forth->grid) / 2;
    } else if (const auto* back = std::get_if<graph::Irfft2>(&node.operation)) {
      roundings += transforms(back->grid) / 2;
    }
  }
  return roundings * kUnitRoundoff;
}

/// float_rounding() of a whole model.
inline double float_rounding(const Model& model) {
  const model::Contents& contents = model::contents_of(model);
  return float_rounding(
      expanded(model::build_graph(contents.checkpoint, contents.config, 1)));
}

}  // namespace gfnet::test
