#include "gfnet/error.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace gfnet::passes {
namespace {

using graph::Extent;
using graph::Graph;
using graph::Layout;
using graph::Node;
using graph::Value;
using graph::ValueId;

/// [H, W/2+1, C, 2] → [C, H, W/2+1, 2], divided by H·W.
///
/// In column 0 (and W/2 of an even W) the spectrum of a real grid is Hermitian along H, X[h] =
/// conj(X[−h]). Taking the real part after the inverse over H is the same as making the product
/// Hermitian: (K[h]·X[h] + conj(K[−h]·X[−h])) / 2 = (K[h] + conj(K[−h]))/2 · X[h]. So the filter
/// itself can be made Hermitian there, and it no longer matters what an inverse does with imaginary
/// parts.
std::vector<float> spectral_filter(const Value& filter, const Extent& grid) {
  const std::int64_t width = graph::spectrum_width(grid.width);
  const std::int64_t channels = filter.shape[2];
  const double scale = 1.0 / static_cast<double>(grid.area());
  const auto at = [&](std::int64_t h, std::int64_t w, std::int64_t c, std::int64_t part) {
    const std::int64_t index = ((h * width + w) * channels + c) * 2 + part;
    return static_cast<double>((*filter.data)[static_cast<std::size_t>(index)]);
  };
  std::vector<float> result;
  result.reserve(filter.data->size());
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t h = 0; h < grid.height; ++h) {
      const std::int64_t mirrored = (grid.height - h) % grid.height;
      for (std::int64_t w = 0; w < width; ++w) {
        double real = at(h, w, c, 0);
        double imaginary = at(h, w, c, 1);
        if (w == 0 || 2 * w == grid.width) {
          real = (real + at(mirrored, w, c, 0)) / 2;
          imaginary = (imaginary - at(mirrored, w, c, 1)) / 2;
        }
        result.push_back(static_cast<float>(real * scale));
        result.push_back(static_cast<float>(imaginary * scale));
      }
    }
  }
  return result;
}

ValueId lower(Rewriter& rewriter, const Node& node, const Extent& grid) {
  const Value& filter = rewriter.source().value(node.inputs[1]);
  const std::int64_t channels = filter.shape[2];
  const std::int64_t width = graph::spectrum_width(grid.width);
  Graph& target = rewriter.target();
  const ValueId spectral = target.add_constant(filter.name, {channels, grid.height, width, 2},
                                               spectral_filter(filter, grid));
  const ValueId bias =
      node.inputs.size() == 3
          ? rewriter[node.inputs[2]]
          : target.add_constant(node.name + ".bias", {channels},
                                std::vector<float>(static_cast<std::size_t>(channels), 0.0f));
  ValueId x = rewriter[node.inputs[0]];
  x = target.add_node(node.name + ".rfft2", graph::Rfft2{grid}, {x});
  x = target.add_node(node.name + ".multiply", graph::FilterMultiply{grid}, {x, spectral, bias});
  return target.add_node(node.name + ".irfft2", graph::Irfft2{grid}, {x});
}

}  // namespace

Graph lower_global_filter(const Graph& graph) {
  Rewriter rewriter(graph);
  for (const Node& node : graph.nodes()) {
    const auto* filter = as<graph::GlobalFilter>(&node);
    const Node* reader = sole_consumer(graph, node.output);
    if (filter != nullptr) {
      const Node* before = graph.producer(node.inputs[0]);
      if (!as<graph::LayerNorm>(before) || !as<graph::LayerNorm>(reader) ||
          sole_consumer(graph, before->output) != &node) {
        throw Error(node.name + ": a global filter must stand between two layer normalisations");
      }
      rewriter.replace(node.output, lower(rewriter, node, filter->grid));
    } else if (as<graph::LayerNorm>(&node) && as<graph::GlobalFilter>(reader)) {
      rewriter.replace(node.output,
                       rewriter.target().add_node(node.name, node.operation, rewriter[node.inputs],
                                                  Layout::kPlanes));
    } else {
      rewriter.copy(node);
    }
  }
  return rewriter.finish();
}

}  // namespace gfnet::passes
