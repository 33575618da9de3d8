#pragma once

#include <span>
#include <vector>

#include "graph/operation.h"

/// One plain function per operation, in double, for one image. The tests compare the shaders with
/// these functions. graph/operation.h defines each operation and names its source. Tensors are
/// dense. Each function is in the file that has the same stem as its shader. Nothing here is fast.
namespace gfnet::reference {

using Values = std::vector<double>;
using Input = std::span<const double>;

/// Cuts the grid into patches of p×p and returns one row for each patch: [H/p · W/p, p·p·C].
/// x is in the layout planes, [C, H, W].
Values patches_of_planes(Input x, graph::Extent grid, graph::Extent patch);
/// The same for x in the layout tokens, [H·W, C].
Values patches_of_tokens(Input x, graph::Extent grid, graph::Extent patch);

/// x [N, K], weight [K, O], bias [O], addend [N, O] or empty → [N, O].
Values linear(Input x, Input weight, Input bias, bool gelu, Input addend);

/// x/2 · (1 + erf(x/√2)).
double gelu(double x);

/// x tokens [N, C]; weight and bias [C] or both empty → [N, C].
Values layer_norm(Input x, std::int64_t channels, double epsilon, Input weight, Input bias);

/// x tokens [N, C] → pairs (mean, 1 / √(variance + ε)), [N, 2].
Values token_statistics(Input x, std::int64_t channels, double epsilon);

/// x tokens [H·W, C], statistics [H·W, 2], filter [H, W/2+1, C, 2], bias [C] → [H·W, C].
Values spectral_filter(Input x, Input statistics, graph::Extent grid, Input filter, Input bias);

/// x tokens [H·W, C], filter [H, W/2+1, C, 2], bias [C] or empty → [H·W, C].
Values global_filter(Input x, graph::Extent grid, Input filter, Input bias);

/// planes [C, H, W] → spectrum [C, H, W/2+1, 2], unnormalised, by the sums of the definition.
Values rfft2(Input planes, graph::Extent grid);
/// spectrum [C, H, W/2+1, 2] → planes [C, H, W], unnormalised. Complex over H, then complex to real
/// over W, which ignores the imaginary parts of column 0 and, for even W, of column W/2.
Values irfft2(Input spectrum, graph::Extent grid);

/// spectrum and filter [C, H, W/2+1, 2], bias [C] → [C, H, W/2+1, 2].
Values filter_multiply(Input spectrum, graph::Extent grid, Input filter, Input bias);

/// x tokens [N, C] → [C].
Values token_mean(Input x, std::int64_t channels);

/// logits [C] → k pairs (class index, probability), most probable first: [2k]. With a single logit
/// there is one pair.
Values softmax_top_k(Input logits, std::int64_t k);

/// x tokens [N, C], weight [O, C], bias [O], k pairs (class index, unused) → [N, k].
Values class_map(Input x, Input weight, Input bias, Input pairs);

/// The mean magnitude over the channels of each bin of a layer's spectrum, before and after the
/// filter: [H·(W/2+1), 2]. spectrum: [C, H, W/2+1, 2] of the normalised input, real and imaginary
/// parts. weight, bias: [C], of the normalisation. gain: [C, H, W/2+1], the filter's magnitude.
Values spectrum_magnitude(Input spectrum, graph::Extent grid, Input weight, Input bias, Input gain);

/// Transpose between the layouts tokens [N, C] and planes [C, N].
Values planes_of_tokens(Input tokens, std::int64_t channels);
Values tokens_of_planes(Input planes, std::int64_t channels);

}  // namespace gfnet::reference
