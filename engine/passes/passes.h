#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

/// Graph → Graph. Every pass leaves what the graph computes unchanged but for rounding, and can run
/// on any graph; `optimize` runs them in the order in which each finds most to do. What a pass does
/// not change shares its data with the graph before.
namespace gfnet::passes {

/// PatchEmbed → Patches + Linear: a convolution whose stride is its kernel is a matrix product.
graph::Graph lower_patch_embed(const graph::Graph& graph);

/// Linear + Scale → Linear: γ goes into the matrix's columns and the bias.
graph::Graph fold_layer_scale(const graph::Graph& graph);

/// Moves a LayerNorm's weight and bias into what follows: into the rows of a matrix and its bias
/// (also through a TokenMean) or of a class map, into a global filter's channels and its constant
/// part.
graph::Graph fold_norm_affine(const graph::Graph& graph);

/// Linear + Gelu, Linear + Add → one Linear.
graph::Graph fuse_epilogues(const graph::Graph& graph);

/// How a device runs a global filter.
enum class SpectralPath {
  /// LayerNorm to planes, Rfft2, FilterMultiply, Irfft2, LayerNorm from planes: VkFFT, every size.
  kVkfft,
  /// TokenStatistics, SpectralFilter, LayerNorm: all in token layout, the transforms and the
  /// product in one kernel, where the device can hold a grid at once (plan/spectral_kernels.h).
  kFused,
  /// As kFused, but a kernel for every stage of the lines' transforms: grids that no workgroup can
  /// hold, where their sides split into short lines (plan/line_split.h).
  kLines,
};

/// "vkfft", "fused", "lines".
std::string_view name_of(SpectralPath path);

/// What the passes cannot know of the device.
struct Options {
  /// The path for a grid of so many channels; kVkfft for all if empty.
  std::function<SpectralPath(const graph::Extent& grid, std::int64_t channels)> spectral_path;
  /// Ends with half_precision.
  bool half_precision = false;
};

/// LayerNorm + GlobalFilter + LayerNorm → what the chosen path does. The filter takes 1/(H·W) and
/// is made such that no imaginary part is left for the inverse to ignore. On kFused the first
/// norm's weight and bias are folded first, where that is still to be done.
/// Throws Error on a GlobalFilter in any other place.
graph::Graph lower_global_filter(const graph::Graph& graph, const Options& options = {});

/// cos and sin of 2πi/H for i = 0 … H/2, then of 2πi/W for i = 0 … W/2, computed in double:
/// [H/2+1 + W/2+1, 2], what a SpectralFilter reads.
std::vector<float> roots_of_unity(const graph::Extent& grid);

/// Stores in halves the weights of matrix products and what lies between the layers of a block:
/// patches, normalised tokens, hidden units, filtered tokens, the mean over the tokens. The
/// residual stream, statistics, planes, spectra and the graph's inputs and outputs stay in f32.
/// Meant to come last: it marks values for which there are kernels (plan/lower.h).
graph::Graph half_precision(const graph::Graph& graph);

/// A matrix that halves cannot hold.
struct UnfitWeight {
  std::string name;
  std::string cause;
};
/// The first weight that half_precision marked and that holds numbers beyond the largest half, or
/// so small that rounding would change it by more than 2⁻⁸ of its norm.
std::optional<UnfitWeight> find_unfit_weight(const graph::Graph& graph);

struct Pass {
  std::string_view name;
  std::function<graph::Graph(const graph::Graph&)> run;
};

/// All passes in their order.
std::vector<Pass> all_passes(const Options& options = {});

/// Runs those at the head of all passes that depend on no option. They touch most of the weights;
/// `optimize` finds little left to do on what they return.
graph::Graph fold(const graph::Graph& graph);

/// Runs all passes.
graph::Graph optimize(const graph::Graph& graph, const Options& options = {});

}  // namespace gfnet::passes
