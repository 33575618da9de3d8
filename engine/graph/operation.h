#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

namespace gfnet::graph {

/// Height and width of a token grid (in tokens), or of a patch or an image (in pixels).
struct Extent {
  std::int64_t height = 0;
  std::int64_t width = 0;

  std::int64_t area() const { return height * width; }
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// Columns of the half spectrum of a real grid: W/2 + 1.
constexpr std::int64_t spectrum_width(std::int64_t width) { return width / 2 + 1; }

// Every operation is described for one image; the plan adds the batch as an outer axis.
// "tokens" [N, C] and "planes" [C, H, W] name a value's layout (see Layout).

/// Non-overlapping convolution: kernel = stride = patch, p×p. Rows and columns of the grid beyond
/// the last whole patch are ignored. inputs: x, planes [C, H, W] or tokens [H·W, C], H×W = `grid`;
/// weight [O, C, p, p]; bias [O]. output: tokens [H/p · W/p, O], one for each patch.
struct PatchEmbed {
  Extent patch;
  Extent grid;
};

/// Gathers each patch into one row (im2col), so that Linear can do the rest of PatchEmbed.
/// input: x as for PatchEmbed. output: tokens [H/p · W/p, p·p·C], each row in the order (patch row,
/// patch column, channel).
struct Patches {
  Extent patch;
  Extent grid;
};

/// y = act(x·W + b) [+ addend]; act is GELU or the identity. inputs: x, tokens [N, K];
/// weight [K, O]; bias [O]; optionally an addend [N, O], tokens or a constant.
/// output: tokens [N, O].
struct Linear {
  bool gelu = false;
};

/// GELU(x) = x/2 · (1 + erf(x/√2)), the exact form. input: any shape. output: as x.
struct Gelu {};

/// y = γ ⊙ x. inputs: x, tokens [N, C]; gamma [C]. output: tokens [N, C].
struct Scale {};

/// y = a + b. inputs: a, tokens [N, C]; b [N, C], tokens or a constant. output: tokens [N, C].
struct Add {};

/// (x − mean) / √(variance + ε) over the channels, then · weight + bias if given.
/// inputs: x, tokens or planes; optionally weight [C] and bias [C]. output: tokens or planes, as
/// chosen when the node is added.
struct LayerNorm {
  double epsilon = 1e-6;
};

/// Mean and 1 / √(variance + ε) of each token over the token's channels. SpectralFilter, for
/// example, normalises its input x with these numbers while it reads x.
/// input: x, tokens [N, C]. output: tokens [N, 2].
struct TokenStatistics {
  double epsilon = 1e-6;
};

/// The operations that LayerNorm + GlobalFilter + LayerNorm become (passes::expand_global_filter).
enum class SpectralForm {
  /// LayerNorm to planes, Rfft2, FilterMultiply, Irfft2, LayerNorm from planes. The transforms are
  /// VkFFT's. Works for every grid.
  kVkfft,
  /// TokenStatistics, SpectralFilter, LayerNorm, all in token layout. One kernel does both
  /// transforms and the product. Needs a grid that fits one workgroup (kernels/spectral_kernels.h).
  kFused,
  /// Like kFused, but each stage of the transforms is a kernel of its own. Works for grids that do
  /// not fit one workgroup. Needs sides that split into short lines (kernels/line_split.h).
  kLines,
};

/// The form's name: "vkfft", "fused" or "lines".
std::string_view name_of(SpectralForm form);

/// For SpectralForm::kFused: the divisors of the grid's height and width by which the transforms of
/// columns and rows are split. The divisors fix the rounding. 0: not chosen.
struct LineFactors {
  std::uint32_t height = 0;
  std::uint32_t width = 0;
};

/// irfft2(rfft2(x) ⊙ K) over the grid, both orthonormal, plus a constant for each channel if given
/// (Rao et al. 2021, eq. 3 and 4). The inverse over H is complex to complex. The inverse over W is
/// complex to real and ignores the imaginary part of column 0 and, for even W, of column W/2.
/// inputs: x, tokens [H·W, C]; filter K [H, W/2+1, C, 2]; optionally bias [C]. output: as x.
struct GlobalFilter {
  Extent grid;
  /// form, factors: how the filter is to be computed. kernels::choose_spectral sets them.
  SpectralForm form = SpectralForm::kVkfft;
  LineFactors factors = {};
};

/// Unnormalised forward real 2-D FFT. input: planes [C, H, W]. output: spectrum [C, H, W/2+1, 2].
struct Rfft2 {
  Extent grid;
};

/// Y = X ⊙ K, plus bias[c] in bin (0, 0). inputs: X, spectrum [C, H, W/2+1, 2];
/// filter K [C, H, W/2+1, 2]; bias [C]. output: spectrum of the same shape.
struct FilterMultiply {
  Extent grid;
};

/// Unnormalised inverse real 2-D FFT. input: spectrum [C, H, W/2+1, 2]. Column 0 of the spectrum
/// and, for even W, column W/2 must be Hermitian along H, so that the result does not depend on how
/// an implementation treats the imaginary parts of these columns. output: planes [C, H, W].
struct Irfft2 {
  Extent grid;
};

/// LayerNorm without weight and bias, Rfft2, FilterMultiply and Irfft2 in one operation, all in
/// token layout: normalises each token by its statistics, then filters each channel over the grid.
/// inputs: x, tokens [H·W, C]; its TokenStatistics, tokens [H·W, 2]; filter [H, W/2+1, C, 2], which
/// includes the factor 1/(H·W) and is Hermitian along H in column 0 and, for even W, in column W/2;
/// bias [C], added to bin (0, 0); roots [H/2+1 + W/2+1, 2], cos and sin of 2πi/H and of 2πi/W,
/// precomputed because shaders compute them inaccurately.
/// output: tokens [H·W, C].
struct SpectralFilter {
  Extent grid;
  /// Run one kernel for each stage of the line transforms instead of one kernel for all stages.
  bool by_lines = false;
  LineFactors factors = {};
};

/// Mean over the tokens. input: tokens [N, C]. output: tokens [1, C].
struct TokenMean {};

/// The k most probable classes, most probable first; equally probable classes in order of the
/// index. Probabilities are the softmax of the logits. If there is a single logit, the network is a
/// binary classifier: the probability is the logistic function of the logit.
/// input: logits, tokens [1, C]. output: tokens [1, 2k], pairs (class index, probability).
struct SoftmaxTopK {
  std::int64_t k = 1;
};

/// Shows where in the grid a class comes from. Applies the head, for k classes, to each token and
/// not to the mean of the tokens: y[n, j] = x[n] · weight[class j] + bias[class j]. If `bias` is
/// the head's bias, the mean of y over n is the class's logit. If `bias` is zero, that mean is the
/// logit minus the head's bias.
/// inputs: x, tokens [N, C]; weight [O, C]; bias [O]; classes [1, 2k], tokens or a constant: pairs
/// whose first number is the class index, as SoftmaxTopK returns them. output: tokens [N, k].
struct ClassMap {};

/// For each bin of a spectral layer's spectrum, two mean magnitudes over the channels, before and
/// after the global filter: the means of |X| and of gain ⊙ |X|, each divided by √(H·W)
/// (orthonormal). X = weight ⊙ spectrum, plus H·W·bias in bin (0, 0): the transform of a LayerNorm
/// with weight and bias.
/// inputs: spectrum [C, H, W/2+1, 2] of the LayerNorm without weight and bias; weight [C];
/// bias [C]; gain [C, H, W/2+1], the filter's magnitude. output: tokens [H·(W/2+1), 2], the two
/// means of each bin.
struct SpectrumMagnitude {
  Extent grid;
};

using Operation = std::variant<PatchEmbed, Patches, Linear, Gelu, Scale, Add, LayerNorm,
                               TokenStatistics, GlobalFilter, Rfft2, FilterMultiply, Irfft2,
                               SpectralFilter, TokenMean, SoftmaxTopK, ClassMap, SpectrumMagnitude>;

/// The operation's name: "linear", "layer_norm", …. The source files of the operation's shader and
/// of its scalar reference have the same stem.
std::string_view name_of(const Operation& operation);

}  // namespace gfnet::graph
