#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

/// Passes: graph → graph. A pass changes the graph's results only by rounding. Each pass can run on
/// any graph. `optimize` runs them in the order that gives the largest effect. Constants that a
/// pass does not change share their data with the source graph.
namespace gfnet::passes {

/// PatchEmbed → Patches + Linear: a convolution whose stride equals its kernel size is a matrix
/// product.
graph::Graph lower_patch_embed(const graph::Graph& graph);

/// Linear + Scale → Linear: γ scales the columns of the matrix and the bias.
graph::Graph fold_layer_scale(const graph::Graph& graph);

/// Moves the weight and bias of a LayerNorm into the operations that read it: a Linear (directly or
/// after a TokenMean), a ClassMap or a GlobalFilter. In Linear and ClassMap they go into the matrix
/// and the bias, in GlobalFilter into the filter and its bias.
graph::Graph fold_norm_affine(const graph::Graph& graph);

/// Linear + Gelu → Linear{gelu}; Linear + Add → Linear with an addend.
graph::Graph fuse_epilogues(const graph::Graph& graph);

/// The candidates for a spectral layer: the operations that replace LayerNorm + GlobalFilter +
/// LayerNorm.
enum class SpectralForm {
  /// LayerNorm to planes, Rfft2, FilterMultiply, Irfft2, LayerNorm from planes. VkFFT computes the
  /// transforms. Works for every grid.
  kVkfft,
  /// TokenStatistics, SpectralFilter, LayerNorm, all in token layout. One kernel does both
  /// transforms and the product. Needs a grid that fits one workgroup (plan/spectral_kernels.h).
  kFused,
  /// Like kFused, but each stage of the transforms is a kernel of its own. Works for grids that do
  /// not fit one workgroup. Needs sides that split into short lines (plan/line_split.h).
  kLines,
};

/// "vkfft", "fused", "lines".
std::string_view name_of(SpectralForm path);

/// MeasuredChoices that a pass cannot make alone, because they depend on the device.
struct Options {
  /// Returns the SpectralForm for a spectral layer with this grid (in tokens) and number of
  /// channels. If the function is empty, all layers use kVkfft.
  std::function<SpectralForm(const graph::Extent& grid, std::int64_t channels)> spectral_form;
  /// Whether all_passes ends with half_precision.
  bool half_precision = false;
};

/// LayerNorm + GlobalFilter + LayerNorm → the operations that options.spectral_form selects (see
/// SpectralForm). The filter is divided by H·W and made Hermitian, so that the inverse transform
/// gives real numbers. If options.spectral_form is set and a LayerNorm before a filter still has
/// its weight and bias, runs fold_norm_affine first. Throws Error for a GlobalFilter that is not
/// between two LayerNorms.
graph::Graph lower_global_filter(const graph::Graph& graph, const Options& options = {});

/// The roots of unity that a SpectralFilter of this grid reads: [H/2+1 + W/2+1, 2], pairs (cos,
/// sin). First those of the angles 2πi/H for i = 0 … H/2, then those of 2πi/W for i = 0 … W/2.
/// Computed in double.
std::vector<float> roots_of_unity(const graph::Extent& grid);

/// Marks values to be stored as f16: the weights of matrix products, patches, normalised tokens,
/// hidden units, filtered tokens, and the mean over the tokens. The residual stream, statistics,
/// planes, spectra and the graph's inputs and outputs stay f32. Meant to run last: it marks only
/// values for which f16 kernels exist (plan/lower.h).
graph::Graph half_precision(const graph::Graph& graph);

/// A weight that cannot be stored as f16.
struct UnfitWeight {
  std::string name;
  /// The reason, as the rest of a message that begins with the weight's name: "holds …".
  std::string cause;
};
/// The first weight marked by half_precision that f16 cannot represent; nullopt if all fit. Such a
/// weight holds a finite value beyond the largest half, or rounding changes it by more than 2⁻⁸ of
/// its norm.
std::optional<UnfitWeight> find_unfit_weight(const graph::Graph& graph);

/// A pass and its name, which is the name of its function.
struct Pass {
  std::string_view name;
  std::function<graph::Graph(const graph::Graph&)> run;
};

/// All passes, in the order in which optimize runs them.
std::vector<Pass> all_passes(const Options& options = {});

/// Runs only the first passes of all_passes, which depend on no option. They rewrite most of the
/// weights. optimize() of the returned graph then has little left to do, so several options can
/// share this work.
graph::Graph fold(const graph::Graph& graph);

/// Runs all_passes(options).
graph::Graph optimize(const graph::Graph& graph, const Options& options = {});

}  // namespace gfnet::passes
