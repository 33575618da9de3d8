#include <fmt/format.h>

#include <cmath>
#include <map>
#include <numbers>
#include <utility>

#include "gfnet/error.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace gfnet::passes {
namespace {

using graph::Extent;
using graph::Graph;
using graph::Layout;
using graph::Node;
using graph::SpectralForm;
using graph::Value;
using graph::ValueId;

/// The filter [H, W/2+1, C, 2] for unnormalised transforms: divided by H·W, and made Hermitian
/// along H in column 0 and, for even W, in column W/2.
///
/// In these columns the spectrum of a real grid is Hermitian along H: X[h] = conj(X[−h]). After its
/// transform over H, the inverse keeps only the real part of these columns. That equals making the
/// product Hermitian: (K[h]·X[h] + conj(K[−h]·X[−h])) / 2 = (K[h] + conj(K[−h]))/2 · X[h].
/// So the filter can be made Hermitian instead. Then the imaginary part of these columns is zero
/// after the transform over H, and the result does not depend on how an inverse treats that part.
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
  for (std::int64_t h = 0; h < grid.height; ++h) {
    const std::int64_t mirrored = (grid.height - h) % grid.height;
    for (std::int64_t w = 0; w < width; ++w) {
      for (std::int64_t c = 0; c < channels; ++c) {
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

/// Reorders a filter from [bins, C, 2] to [C, bins, 2], so that each channel is a plane.
std::vector<float> in_planes(const std::vector<float>& filter, std::int64_t channels) {
  const auto count = static_cast<std::size_t>(channels);
  const std::size_t bins = filter.size() / 2 / count;
  std::vector<float> result;
  result.reserve(filter.size());
  for (std::size_t c = 0; c < count; ++c) {
    for (std::size_t bin = 0; bin < bins; ++bin) {
      result.push_back(filter[2 * (bin * count + c)]);
      result.push_back(filter[2 * (bin * count + c) + 1]);
    }
  }
  return result;
}

class Expansion {
 public:
  explicit Expansion(const Graph& graph) : graph_(graph), rewriter_(graph) {}

  Graph run() {
    for (const Node& node : graph_.nodes()) {
      const Node* reader = sole_consumer(graph_, node.output);
      if (as<graph::GlobalFilter>(&node)) {
        expand(node);
      } else if (as<graph::LayerNorm>(&node) && as<graph::GlobalFilter>(reader)) {
        replace_norm(node, as<graph::GlobalFilter>(reader)->form);
      } else {
        rewriter_.copy(node);
      }
    }
    return rewriter_.finish();
  }

 private:
  /// Replaces the LayerNorm before a global filter. kVkfft: by the same LayerNorm that writes
  /// planes. Other forms: by TokenStatistics; the filter's kernel then normalises.
  void replace_norm(const Node& norm, SpectralForm form) {
    Graph& target = rewriter_.target();
    if (form == SpectralForm::kVkfft) {
      rewriter_.replace(norm.output, target.add_node(norm, norm.operation, rewriter_[norm.inputs],
                                                     Layout::kPlanes));
      return;
    }
    if (norm.inputs.size() != 1) {
      throw Error(norm.name + ": weight and bias must be folded into the global filter first");
    }
    const double epsilon = as<graph::LayerNorm>(&norm)->epsilon;
    rewriter_.replace(norm.output, target.add_node(norm, graph::TokenStatistics{epsilon},
                                                   {rewriter_[norm.inputs[0]]}));
  }

  void expand(const Node& node) {
    const Node* before = graph_.producer(node.inputs[0]);
    if (!as<graph::LayerNorm>(before) ||
        !as<graph::LayerNorm>(sole_consumer(graph_, node.output)) ||
        sole_consumer(graph_, before->output) != &node) {
      throw Error(node.name + ": a global filter must be between two layer normalisations");
    }
    const auto& op = *as<graph::GlobalFilter>(&node);
    rewriter_.replace(node.output, op.form == SpectralForm::kVkfft
                                       ? expand_to_planes(node, op.grid)
                                       : expand_to_kernels(node, *before, op));
  }

  ValueId expand_to_planes(const Node& node, const Extent& grid) {
    const Value& filter = graph_.value(node.inputs[1]);
    const std::int64_t channels = filter.shape[2];
    Graph& target = rewriter_.target();
    const ValueId spectral = target.add_constant(
        filter.name, {channels, grid.height, graph::spectrum_width(grid.width), 2},
        in_planes(spectral_filter(filter, grid), channels));
    const ValueId bias = bias_of(node, channels);
    ValueId x = rewriter_[node.inputs[0]];
    x = target.add_node(node.named(node.name + ".rfft2"), graph::Rfft2{grid}, {x});
    x = target.add_node(node.named(node.name + ".multiply"), graph::FilterMultiply{grid},
                        {x, spectral, bias});
    return target.add_node(node.named(node.name + ".irfft2"), graph::Irfft2{grid}, {x});
  }

  ValueId expand_to_kernels(const Node& node, const Node& norm, const graph::GlobalFilter& op) {
    const Value& filter = graph_.value(node.inputs[1]);
    const ValueId spectral = rewriter_.target().add_constant(filter.name, filter.shape,
                                                             spectral_filter(filter, op.grid));
    const ValueId bias = bias_of(node, filter.shape[2]);
    const ValueId x = rewriter_[norm.inputs[0]];
    const ValueId statistics = rewriter_[node.inputs[0]];
    return rewriter_.target().add_node(
        node, graph::SpectralFilter{op.grid, op.form == SpectralForm::kLines, op.factors},
        {x, statistics, spectral, bias, roots_of(op.grid)});
  }

  ValueId bias_of(const Node& node, std::int64_t channels) {
    if (node.inputs.size() == 3) return rewriter_[node.inputs[2]];
    return rewriter_.target().add_constant(
        node.name + ".bias", {channels},
        std::vector<float>(static_cast<std::size_t>(channels), 0.0f));
  }

  /// Returns the constant with the roots of unity for a grid. All filters on grids of the same size
  /// share the constant.
  ValueId roots_of(const Extent& grid) {
    const auto [entry, is_new] = roots_.try_emplace({grid.height, grid.width}, -1);
    if (is_new) {
      const std::vector<float> roots = roots_of_unity(grid);
      entry->second =
          rewriter_.target().add_constant(fmt::format("roots.{}x{}", grid.height, grid.width),
                                          {static_cast<std::int64_t>(roots.size() / 2), 2}, roots);
    }
    return entry->second;
  }

  const Graph& graph_;
  Rewriter rewriter_;
  std::map<std::pair<std::int64_t, std::int64_t>, ValueId> roots_;
};

}  // namespace

std::vector<float> roots_of_unity(const Extent& grid) {
  std::vector<float> roots;
  for (const std::int64_t length : {grid.height, grid.width}) {
    for (std::int64_t i = 0; i <= length / 2; ++i) {
      const double angle =
          2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length);
      roots.push_back(static_cast<float>(std::cos(angle)));
      roots.push_back(static_cast<float>(std::sin(angle)));
    }
  }
  return roots;
}

Graph expand_global_filter(const Graph& graph) { return Expansion(graph).run(); }

}  // namespace gfnet::passes
