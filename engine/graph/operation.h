#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

namespace gfnet::graph {

/// Height and width of a token grid, a patch or an image, in tokens respectively pixels.
struct Extent {
  std::int64_t height = 0;
  std::int64_t width = 0;

  std::int64_t area() const { return height * width; }
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// Columns of the half spectrum of a real grid: W/2 + 1.
constexpr std::int64_t spectrum_width(std::int64_t width) { return width / 2 + 1; }

// Every operation is described for one image; the batch is an outer axis that the plan adds.
// [N, C] is a value in token layout, [C, H, W] one in plane layout (see Layout).

/// Non-overlapping convolution, kernel = stride = patch; rows and columns beyond the last whole
/// patch are left out. inputs: x planes [C, H, W] or tokens [H·W, C] of `grid`;
/// weight [O, C, p, p]; bias [O]. output: tokens [H/p · W/p, O].
struct PatchEmbed {
  Extent patch;
  Extent grid;
};

/// The rows of the matrix that turns PatchEmbed into Linear. inputs: x as for PatchEmbed.
/// output: tokens [H/p · W/p, p·p·C], each row ordered (patch row, patch column, channel).
struct Patches {
  Extent patch;
  Extent grid;
};

/// y = act(x·W + b) [+ addend]. inputs: x tokens [N, K]; weight [K, O]; bias [O]; optionally an
/// addend, tokens [N, O], constant or not. output: tokens [N, O].
struct Linear {
  bool gelu = false;
};

/// GELU(x) = x/2 · (1 + erf(x/√2)), exact form.
struct Gelu {};

/// y = γ ⊙ x. inputs: x tokens [N, C]; gamma [C].
struct Scale {};

/// y = a + b, both tokens [N, C].
struct Add {};

/// (x − mean) / √(variance + ε) over the channels, then · weight + bias where given.
/// inputs: x in either layout; optionally weight [C], bias [C]. output: either layout.
struct LayerNorm {
  double epsilon = 1e-6;
};

/// Each token's mean and 1 / √(variance + ε) over its channels, for operations that normalise what
/// they read. input: x tokens [N, C]. output: tokens [N, 2].
struct TokenStatistics {
  double epsilon = 1e-6;
};

/// irfft2(rfft2(x) ⊙ K) over the grid, both orthonormal, plus a constant per channel where given
/// (GFNet, eq. 3 and 4). The inverse over H is complex; the one over W ignores the imaginary part
/// of column 0 and, for even W, of column W/2. inputs: x tokens [H·W, C]; filter [H, W/2+1, C, 2];
/// optionally bias [C]. output: as x.
struct GlobalFilter {
  Extent grid;
};

/// Unnormalised forward transform. input: planes [C, H, W]. output: spectrum [C, H, W/2+1, 2].
struct Rfft2 {
  Extent grid;
};

/// Y = X ⊙ K, plus bias[c] on the bin (0, 0). inputs: spectrum [C, H, W/2+1, 2];
/// filter [C, H, W/2+1, 2]; bias [C]. output: spectrum.
struct FilterMultiply {
  Extent grid;
};

/// Unnormalised inverse transform. input: spectrum whose columns 0 and (W even) W/2 are Hermitian
/// along H, so that no imaginary part is there to be ignored. output: planes [C, H, W].
struct Irfft2 {
  Extent grid;
};

/// LayerNorm without weight and bias, Rfft2, FilterMultiply, Irfft2, all in token layout: each
/// token is normalised by its statistics, and its channels are filtered over the grid. inputs: x
/// tokens [H·W, C]; its statistics, tokens [H·W, 2]; filter [H, W/2+1, C, 2] as Irfft2 wants a
/// spectrum, with 1/(H·W) in it; bias [C] for the bin (0, 0); roots [H/2+1 + W/2+1, 2], cos and sin
/// of 2πi/H and 2πi/W, which kernels read as they cannot compute them well. output: tokens [H·W,
/// C].
struct SpectralFilter {
  Extent grid;
  /// As a kernel for every stage of the lines' transforms rather than one for all.
  bool by_lines = false;
};

/// Mean over the tokens. input: tokens [N, C]. output: tokens [1, C].
struct TokenMean {};

/// The k most probable classes, most probable first, ties by lower index. A single logit is a
/// binary classifier's: its probability is the logistic function of it.
/// input: logits, tokens [1, C]. output: tokens [1, 2k] of pairs (class index, probability).
struct SoftmaxTopK {
  std::int64_t k = 1;
};

/// Where in the grid a class comes from: the head's product with every token rather than with their
/// mean, for a few classes only. y[n, j] = x[n] · weight[class j] + bias[class j], so that the mean
/// over n is the class's logit less what of the head's bias is not in `bias`.
/// inputs: x tokens [N, C]; weight [O, C]; bias [O]; classes, k pairs of which the first is the
/// class, as SoftmaxTopK gives them: tokens [1, 2k] or a constant of that shape.
/// output: tokens [N, k].
struct ClassMap {};

/// A layer's spectrum as it meets its filter, averaged over the channels: of
/// X = weight ⊙ spectrum + H·W·bias on the bin (0, 0), which is the transform of a normalisation
/// with its affine part, the mean of |X| and the mean of gain ⊙ |X|, both over √(H·W)
/// (orthonormal). inputs: spectrum [C, H, W/2+1, 2]; weight [C]; bias [C]; gain [C, H, W/2+1], the
/// filter's magnitude. output: tokens [H·(W/2+1), 2].
struct SpectrumMagnitude {
  Extent grid;
};

using Operation = std::variant<PatchEmbed, Patches, Linear, Gelu, Scale, Add, LayerNorm,
                               TokenStatistics, GlobalFilter, Rfft2, FilterMultiply, Irfft2,
                               SpectralFilter, TokenMean, SoftmaxTopK, ClassMap, SpectrumMagnitude>;

/// "linear", "layer_norm", …: also the stem of the operation's shader and scalar reference.
std::string_view name_of(const Operation& operation);

}  // namespace gfnet::graph
