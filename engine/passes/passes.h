#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

/// Passes: graph → graph. A pass changes the graph's results only by rounding. Each pass can run on
/// any graph. fold() and expand() run the passes in the order that gives the largest effect. If a
/// pass does not change a constant, the new graph shares the constant's data with the source graph.
namespace gfnet::passes {

/// PatchEmbed → Patches + Linear: a convolution whose stride equals its kernel size is a matrix
/// product.
graph::Graph split_patch_embed(const graph::Graph& graph);

/// Linear + Scale → Linear: γ scales the columns of the matrix and the bias.
graph::Graph fold_layer_scale(const graph::Graph& graph);

/// Moves the weight and bias of a LayerNorm into the operations that read its output: a Linear
/// (directly or after a TokenMean), a ClassMap or a GlobalFilter. Linear and ClassMap absorb them
/// in their matrix and bias, GlobalFilter in its filter and bias.
graph::Graph fold_norm_affine(const graph::Graph& graph);

/// Linear + Gelu → Linear{gelu}; Linear + Add → Linear with an addend.
graph::Graph fuse_epilogues(const graph::Graph& graph);

/// LayerNorm + GlobalFilter + LayerNorm → the operations of the filter's graph::SpectralForm. The
/// filter is divided by H·W and made Hermitian, so that the inverse transform gives real numbers.
/// Throws Error for a GlobalFilter that is not between two LayerNorms. For other forms than kVkfft,
/// throws Error if the LayerNorm before the filter still has its weight and bias.
graph::Graph expand_global_filter(const graph::Graph& graph);

/// The roots of unity that a SpectralFilter of this grid reads: [H/2+1 + W/2+1, 2], pairs (cos,
/// sin). First those of the angles 2πi/H for i = 0 … H/2, then those of 2πi/W for i = 0 … W/2.
/// Computed in double.
std::vector<float> roots_of_unity(const graph::Extent& grid);

/// Marks values to be stored as f16: the weights of matrix products, patches, normalised tokens,
/// hidden units, filtered tokens, and the mean over the tokens. The residual stream, statistics,
/// planes, spectra and the graph's inputs and outputs stay f32. Meant to run last: the pass marks
/// only values for which f16 kernels exist (plan/lower.h).
graph::Graph half_precision(const graph::Graph& graph);

/// A weight that cannot be stored as f16.
struct UnfitWeight {
  std::string name;
  /// The end of a message that begins with the weight's name: "holds …".
  std::string cause;
};
/// The first weight marked by half_precision that f16 cannot represent; nullopt if all fit. A
/// weight does not fit if it holds a finite value beyond the largest half, or if rounding to f16
/// changes it by more than 2⁻⁸ of its norm.
std::optional<UnfitWeight> find_unfit_weight(const graph::Graph& graph);

/// A pass with its name. The name is that of its function.
struct Pass {
  std::string_view name;
  std::function<graph::Graph(const graph::Graph&)> run;
};

/// The passes that depend on no device and no choice, in the order in which fold() runs them. These
/// passes rewrite most of the weights.
std::vector<Pass> folding_passes();
/// The passes that follow once the algorithm of each global filter is chosen
/// (kernels::choose_spectral), in the order in which expand() runs them. storage: kF16 adds
/// half_precision.
std::vector<Pass> expanding_passes(DType storage);

/// Runs folding_passes(). The result does not depend on any choice.
graph::Graph fold(const graph::Graph& graph);
/// Runs expanding_passes() on a graph after fold(). Every operation of the result can be lowered
/// (plan/lower.h).
graph::Graph expand(const graph::Graph& folded, DType storage = DType::kF32);

}  // namespace gfnet::passes
