#pragma once

#include <span>
#include <vector>

#include "graph/operation.h"

/// One plain function per operation, in double, for one image. The tests compare the shaders with
/// these functions. graph/operation.h defines each operation and cites the literature. Tensors
/// are dense. Each function is in the file that has the same stem as the operation's shader.
/// Nothing here is fast.
namespace gfnet::reference {

using Values = std::vector<double>;
using Input = std::span<const double>;

/// Cuts the grid into patches of p×p and returns one row for each patch: [H/p · W/p, p·p·C].
/// x is in the layout planes, [C, H, W].
Values patches_of_planes(Input x, graph::Extent grid, graph::Extent patch);
/// The same for x in the layout tokens, [H·W, C].
Values patches_of_tokens(Input x, graph::Extent grid, graph::Extent patch);

/// act(x·weight + bias) [+ addend], [N, O]. act: GELU, or the identity if `gelu` is false.
/// x: [N, K]. weight: [K, O]. bias: [O]. addend: [N, O] or empty.
Values linear(Input x, Input weight, Input bias, bool gelu, Input addend);

/// x/2 · (1 + erf(x/√2)).
double gelu(double x);

/// (x − mean) / √(variance + ε) of each token over the channels, then · weight + bias if
/// given: [N, C]. x: tokens [N, C]. weight, bias: [C], or both empty.
Values layer_norm(Input x, std::int64_t channels, double epsilon, Input weight, Input bias);

/// For each token the pair (mean over the channels, 1 / √(variance + ε)): [N, 2]. x: tokens [N, C].
Values token_statistics(Input x, std::int64_t channels, double epsilon);

/// Normalises each token with its statistics, then filters each channel over the grid: [H·W, C].
/// x: tokens [H·W, C]. statistics: token_statistics of x, [H·W, 2]. filter: complex,
/// [H, W/2+1, C, 2], including the factor 1/(H·W). bias: [C], added to bin (0, 0) of the spectrum.
Values spectral_filter(Input x, Input statistics, graph::Extent grid, Input filter, Input bias);

/// Filters each channel over the grid, irfft2(rfft2(x) ⊙ filter) + bias, with orthonormal
/// transforms: [H·W, C]. x: tokens [H·W, C]. filter: complex, [H, W/2+1, C, 2]. bias: [C] or empty.
Values global_filter(Input x, graph::Extent grid, Input filter, Input bias);

/// The spectrum [C, H, W/2+1, 2] (real and imaginary parts) of planes [C, H, W]. Unnormalised, by
/// the sums of the definition.
Values rfft2(Input planes, graph::Extent grid);
/// The planes [C, H, W] of a spectrum [C, H, W/2+1, 2]. Unnormalised: complex over H, then complex
/// to real over W. The transform over W ignores the imaginary parts of column 0 and, for even W, of
/// column W/2.
Values irfft2(Input spectrum, graph::Extent grid);

/// spectrum ⊙ filter, plus bias[c] in bin (0, 0) of each channel c: [C, H, W/2+1, 2]. spectrum,
/// filter: complex, [C, H, W/2+1, 2]. bias: [C].
Values filter_multiply(Input spectrum, graph::Extent grid, Input filter, Input bias);

/// The mean over the tokens, [C]. x: tokens [N, C].
Values token_mean(Input x, std::int64_t channels);

/// The k most probable classes: [2k], pairs (class index, probability), most probable first.
/// logits: [C]. If there is a single logit, the result is one pair.
Values softmax_top_k(Input logits, std::int64_t k);

/// How much each token contributes to the logits of k classes: [N, k], the head applied to each
/// token. x: tokens [N, C]. weight, bias: [O, C] and [O], of the head. pairs: k pairs (class index,
/// unused).
Values class_map(Input x, Input weight, Input bias, Input pairs);

/// For each bin of a spectral layer's spectrum, the mean magnitude over the channels before the
/// filter and after it: [H·(W/2+1), 2]. spectrum: [C, H, W/2+1, 2] of the normalised input without
/// the normalisation's weight and bias, real and imaginary parts. weight, bias: [C], of the
/// normalisation. gain: [C, H, W/2+1], the filter's magnitude.
Values spectrum_magnitude(Input spectrum, graph::Extent grid, Input weight, Input bias, Input gain);

/// Transpose between the layouts tokens [N, C] and planes [C, N].
Values planes_of_tokens(Input tokens, std::int64_t channels);
Values tokens_of_planes(Input planes, std::int64_t channels);

}  // namespace gfnet::reference
