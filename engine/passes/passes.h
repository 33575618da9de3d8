#pragma once

#include <string_view>
#include <vector>

#include "graph/graph.h"

/// Graph → Graph. Every pass leaves what the graph computes unchanged but for rounding, and can run
/// on any graph; `optimize` runs them in the order in which each finds most to do.
namespace gfnet::passes {

/// PatchEmbed → Patches + Linear: a convolution whose stride is its kernel is a matrix product.
graph::Graph lower_patch_embed(const graph::Graph& graph);

/// Linear + Scale → Linear: γ goes into the matrix's columns and the bias.
graph::Graph fold_layer_scale(const graph::Graph& graph);

/// Moves a LayerNorm's weight and bias into what follows: into the rows of a matrix and its bias
/// (also through a TokenMean), into a global filter's channels and its constant part.
graph::Graph fold_norm_affine(const graph::Graph& graph);

/// Linear + Gelu, Linear + Add → one Linear.
graph::Graph fuse_epilogues(const graph::Graph& graph);

/// LayerNorm + GlobalFilter + LayerNorm → LayerNorm to planes, Rfft2, FilterMultiply, Irfft2,
/// LayerNorm from planes. The filter takes 1/(H·W) and is made such that no imaginary part is
/// left for the inverse to ignore. Throws Error on a GlobalFilter in any other place.
graph::Graph lower_global_filter(const graph::Graph& graph);

struct Pass {
  std::string_view name;
  graph::Graph (*run)(const graph::Graph&);
};

/// All passes in their order.
const std::vector<Pass>& all_passes();

/// Runs all passes.
graph::Graph optimize(const graph::Graph& graph);

}  // namespace gfnet::passes
