#pragma once

#include <span>
#include <vector>

#include "graph/graph.h"
#include "kernels/device_facts.h"
#include "reference/operations.h"

/// Bounds on the rounding errors of kernels: for each element of a result, the largest difference
/// from the scalar reference that the arithmetic allows. All values are dense, and all tensors may
/// hold several images, one after the other.
namespace gfnet::selfcheck {

using reference::Input;
using reference::Values;

/// Unit roundoff of floats.
inline constexpr double kUnitRoundoff = 0x1p-24;
/// Roundoff of halves. Drivers may round to either neighbouring half.
inline constexpr double kHalfRoundoff = 0x1p-10;
/// The smallest normal half. Drivers may flush smaller halves to zero.
inline constexpr double kSmallestHalf = 0x1p-14;

/// The bound for a result that is stored as `out`. error: the bound before it is stored. expected:
/// the exact result.
double stored_bound(double error, double expected, DType out);

/// How a kernel rounds the sums of a matrix product.
struct ProductRounding {
  /// Rounding error of a sum for each of its terms, in float roundoffs.
  double sum_roundings = 1;
  /// Number of terms that are summed in halves before they are added to a float.
  double half_terms = 0;
};

/// How the kernels of plans round, by the units that they use.
ProductRounding product_rounding(kernels::Arithmetic arithmetic);

/// The operands of reference::linear.
struct Product {
  Input x;
  Input weight;
  Input bias;
  bool gelu = false;
  Input addend = {};
};

/// expected: reference::linear of these operands. out: how the result is stored.
Values linear_bounds(const Product& product, Input expected, const ProductRounding& rounding,
                     DType out);

/// Of normalised tokens, [N, C]. x: tokens, [N, C].
Values layer_norm_bounds(Input x, std::int64_t channels);

/// Of token statistics, [N, 2]. x: tokens, [N, C]. expected: reference::token_statistics of x.
Values token_statistics_bounds(Input x, std::int64_t channels, Input expected);

/// Of each mean over `tokens` tokens of normally distributed values with a deviation of 1.
double token_mean_bound(std::int64_t tokens);

/// A grid of tokens with its channels, and the number of images.
struct GridSize {
  graph::Extent grid;
  std::int64_t channels = 0;
  std::int64_t batch = 0;
};

/// The norm of each channel of each image: [batch, C]. tokens: [batch, H·W, C].
Values plane_norms(Input tokens, const GridSize& size);

/// Of a spectral layer, normalisation included: [batch, H·W, C]. x: tokens, [batch, H·W, C].
/// filter: of reference::spectral_filter. by_lines: whether pairs of channels share a transform, as
/// in graph::SpectralFilter::by_lines. expected: the exact result. out: how it is stored.
Values spectral_bounds(const GridSize& size, bool by_lines, Input x, Input filter, Input bias,
                       Input expected, DType out);

/// Of a filter by forward transform, product and inverse transform on planes: [batch, C, H, W]. x:
/// planes, [batch, C, H, W]. filter, bias: of reference::filter_multiply.
Values filter_bounds(const GridSize& size, Input x, Input filter, Input bias);

/// Of a class map, [N, k]. The operands are those of reference::class_map.
Values class_map_bounds(Input x, Input weight, Input bias, Input pairs);

/// Of reference::spectrum_magnitude for random spectra with a deviation of 1. expected: [batch,
/// H·(W/2+1), 2].
Values spectrum_magnitude_bounds(graph::Extent grid, std::int64_t channels, Input expected);

/// Of a probability that reference::softmax_top_k gives.
double probability_bound(std::int64_t classes, double expected);

/// The largest error of an element as a share of its bound. Infinite if an element is not finite,
/// or if the numbers of elements differ.
double worst_share(std::span<const float> actual, Input expected, Input bounds);

/// Bound on ‖Δ‖/‖logits‖ from float rounding, for a graph after passes::expand and for any kernels.
double network_bound(const graph::Graph& graph);

/// Bound on ‖Δ‖/‖logits‖ for a graph after passes::expand in half precision. Δ is the difference
/// from single precision.
double half_network_bound(const graph::Graph& graph);

/// The sums of residual and MLP, which end every block.
std::vector<const graph::Node*> blocks_of(const graph::Graph& graph);

}  // namespace gfnet::selfcheck
