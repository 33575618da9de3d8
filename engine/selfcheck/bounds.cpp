#include "selfcheck/bounds.h"

#include <algorithm>
#include <cmath>
#include <variant>

namespace gfnet::selfcheck {
namespace {

Values magnitudes(Input values) {
  Values result;
  for (double value : values) result.push_back(std::abs(value));
  return result;
}

double largest(Input values) {
  double most = 0;
  for (double value : values) most = std::max(most, std::abs(value));
  return most;
}

double real(std::int64_t count) { return static_cast<double>(count); }

/// For each channel of each image, the norm of it together with the channel that shares its complex
/// grid. norms, result: [batch, C].
Values pair_norms(const Values& norms, std::int64_t channels) {
  Values result = norms;
  const auto width = static_cast<std::size_t>(channels);
  for (std::size_t i = 0; i < norms.size(); ++i) {
    const std::size_t partner = i % width % 2 == 0 ? i + 1 : i - 1;
    const bool has_partner = partner / width == i / width && partner < norms.size();
    if (has_partner) result[i] = std::hypot(norms[i], norms[partner]);
  }
  return result;
}

/// Largest error of a transform of `points` points, the product with the filter and the inverse
/// transform. The transforms are unnormalised. gain: largest magnitude of the filter. size: norm of
/// the plane.
double filter_error(double points, double gain, double size, double bias) {
  return 8 * kUnitRoundoff * (std::log2(points) + 2) *
         (2 * gain * size * std::sqrt(points) + std::abs(bias));
}

}  // namespace

double stored_bound(double error, double expected, DType out) {
  if (out == DType::kF32) return error;
  return error + kHalfRoundoff * (std::abs(expected) + error) + kSmallestHalf;
}

ProductRounding product_rounding(kernels::Arithmetic arithmetic) {
  switch (arithmetic) {
    case kernels::Arithmetic::kFloat:
      return {1, 0};
    case kernels::Arithmetic::kHalf:
      return {1, 4};  // a chunk is one vector
    case kernels::Arithmetic::kMatrix:
      // Matrix units may truncate the aligned addends instead of rounding the sum.
      return {4, 0};
  }
  return {};
}

Values linear_bounds(const Product& product, Input expected, const ProductRounding& rounding,
                     DType out) {
  // A chain of K products rounds K times, each time by at most u times the sum so far.
  const Values magnitude =
      reference::linear(magnitudes(product.x), magnitudes(product.weight), product.bias, false, {});
  const double terms = real(static_cast<std::int64_t>(product.weight.size() / product.bias.size()));
  Values bounds;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double sum = magnitude[i] + 2 * std::abs(product.bias[i % product.bias.size()]);
    double error = rounding.sum_roundings * (terms + 2) * kUnitRoundoff * sum;
    // Each fma of a chunk rounds the chunk's sum so far; (1 + u)^n is below 1 + 1.1·n·u here.
    if (rounding.half_terms > 0) {
      error += 1.1 * rounding.half_terms * kHalfRoundoff * sum + terms * kSmallestHalf;
    }
    // GELU's slope is below 1.13; its erf is accurate to 5e-7, the rest is a few roundings.
    const double activation = product.gelu ? 0.13 * error + 1e-6 * sum : 0.0;
    const double added =
        product.addend.empty() ? 0.0 : std::abs(product.addend[i]) + std::abs(expected[i]);
    error += activation + 2 * kUnitRoundoff * added + 1e-30;
    bounds.push_back(stored_bound(error, expected[i], out));
  }
  return bounds;
}

Values layer_norm_bounds(Input x, std::int64_t channels) {
  const auto width = static_cast<std::size_t>(channels);
  const double n = real(channels);
  Values bounds;
  for (std::size_t row = 0; row < x.size(); row += width) {
    const Input token = x.subspan(row, width);
    const Values statistics = reference::token_statistics(token, channels, 1e-6);
    const double inverse = statistics[1];
    double magnitude = 0;
    for (double v : token) magnitude += std::abs(v) / n;
    // With d = x − mean: the mean's error is at most C·u·mean|x|. It shifts d, and the deviation by
    // no more. The variance's sum rounds C times.
    for (double v : token) {
      const double y = std::abs((v - statistics[0]) * inverse);
      bounds.push_back(kUnitRoundoff * ((n + 4) * magnitude * inverse * (1 + y) + (n + 8) * y +
                                        std::abs(v) * inverse) +
                       1e-30);
    }
  }
  return bounds;
}

Values token_statistics_bounds(Input x, std::int64_t channels, Input expected) {
  // The mean rounds C times, which shifts every difference; the squares' sum rounds C times.
  const double n = real(channels);
  const double mean_error = kUnitRoundoff * (n + 2) * largest(x);
  Values bounds;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double inverse = expected[i];
    bounds.push_back(i % 2 == 0 ? mean_error
                                : inverse * (kUnitRoundoff * (n + 8) + inverse * 2 * mean_error) +
                                      inverse * inverse * inverse * mean_error * mean_error);
  }
  return bounds;
}

double token_mean_bound(std::int64_t tokens) {
  return (real(tokens) + 4) * kUnitRoundoff * 6;  // six deviations bound the mean of |x|
}

Values plane_norms(Input tokens, const GridSize& size) {
  Values norms(static_cast<std::size_t>(size.batch * size.channels), 0.0);
  const auto image = static_cast<std::size_t>(size.grid.area() * size.channels);
  const auto channels = static_cast<std::size_t>(size.channels);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    norms[i / image * channels + i % channels] += tokens[i] * tokens[i];
  }
  for (double& norm : norms) norm = std::sqrt(norm);
  return norms;
}

Values spectral_bounds(const GridSize& size, bool by_lines, Input x, Input filter, Input bias,
                       Input expected, DType out) {
  // As filter_bounds, with two additions. Two rows (by lines: two channels) share one transform and
  // its errors. Rounding errors of the normalisation pass through the filter like the plane itself.
  Values sizes = plane_norms(reference::layer_norm(x, size.channels, 1e-6, {}, {}), size);
  Values errors = plane_norms(layer_norm_bounds(x, size.channels), size);
  if (by_lines) {
    sizes = pair_norms(sizes, size.channels);
    errors = pair_norms(errors, size.channels);
  }
  const double gain = largest(filter);
  const double points = real(size.grid.area());
  const auto image = static_cast<std::size_t>(size.grid.area() * size.channels);
  const auto channels = static_cast<std::size_t>(size.channels);
  Values bounds;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::size_t plane = i / image * channels + i % channels;
    const double error = filter_error(points, gain, sizes[plane], bias[i % channels]) +
                         2 * gain * errors[plane] * std::sqrt(points) + 1e-30;
    bounds.push_back(stored_bound(error, expected[i], out));
  }
  return bounds;
}

Values filter_bounds(const GridSize& size, Input x, Input filter, Input bias) {
  const auto plane = static_cast<std::size_t>(size.grid.area());
  Values bounds;
  for (std::size_t at = 0; at < x.size(); at += plane) {
    double sum = 0;
    for (double v : x.subspan(at, plane)) sum += v * v;
    bounds.insert(bounds.end(), plane,
                  filter_error(real(size.grid.area()), largest(filter), std::sqrt(sum),
                               bias[at / plane % bias.size()]) +
                      1e-30);
  }
  return bounds;
}

Values class_map_bounds(Input x, Input weight, Input bias, Input pairs) {
  // A sum of C/4 products in each of four lanes, three more sums, the bias. Errors are relative to
  // Σ|x||w| + |b|.
  Values bounds = reference::class_map(magnitudes(x), magnitudes(weight), magnitudes(bias), pairs);
  const double channels = real(static_cast<std::int64_t>(weight.size() / bias.size()));
  for (double& bound : bounds) bound *= (channels / 4 + 8) * 2 * kUnitRoundoff;
  return bounds;
}

Values spectrum_magnitude_bounds(graph::Extent grid, std::int64_t channels, Input expected) {
  // Sums of positive numbers: the error is relative to the sum, except in bin (0, 0), whose real
  // part may cancel.
  const auto bins = static_cast<std::size_t>(grid.height * graph::spectrum_width(grid.width));
  Values bounds;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double cancelled = (i / 2) % bins == 0 ? 64 * std::sqrt(real(grid.area())) : 0;
    bounds.push_back(((real(channels) + 24) * expected[i] + cancelled) * 2 * kUnitRoundoff + 1e-30);
  }
  return bounds;
}

double probability_bound(std::int64_t classes, double expected) {
  // Vulkan allows exp an error of 3 + 2|x| units in the last place; the sum rounds once a class.
  const double exponent = std::abs(std::log(expected));
  return (real(classes) + 2 * exponent + 16) * 2 * kUnitRoundoff * expected + 1e-30;
}

double worst_share(std::span<const float> actual, Input expected, Input bounds) {
  if (actual.size() != expected.size()) return INFINITY;
  double worst = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = std::abs(static_cast<double>(actual[i]) - expected[i]);
    if (!std::isfinite(error)) return INFINITY;
    worst = std::max(worst, error / bounds[i]);
  }
  return worst;
}

double network_bound(const graph::Graph& graph) {
  // Every operation adds its own relative error and passes earlier errors on; layer norms keep
  // values at the same magnitude, so errors add up and do not grow. Errors in units of the
  // roundoff:
  // - a sum of n products: 4 + 2√n. It rounds n times, and independent roundings add up like √n.
  //   The factor 2 allows for any order of summation; the 4 covers element-wise arithmetic.
  // - a forward and an inverse transform of N points: 8·(log2 N + 2) in total, as in filter_error.
  const auto sum = [](std::int64_t terms) { return 4 + 2 * std::sqrt(real(terms)); };
  const auto transforms = [](const graph::Extent& grid) {
    return 8 * (std::log2(real(grid.area())) + 2);
  };
  double roundings = 0;
  for (const graph::Node& node : graph.nodes()) {
    const graph::Value& x = graph.value(node.inputs.front());
    if (std::holds_alternative<graph::Linear>(node.operation)) {
      roundings += sum(graph.value(node.inputs[1]).shape[0]);
    } else if (std::holds_alternative<graph::TokenMean>(node.operation)) {
      roundings += sum(x.shape[0]);
    } else if (std::holds_alternative<graph::LayerNorm>(node.operation) ||
               std::holds_alternative<graph::TokenStatistics>(node.operation)) {
      roundings += sum(x.layout == graph::Layout::kTokens ? x.shape[1] : x.shape[0]);
    } else if (const auto* op = std::get_if<graph::SpectralFilter>(&node.operation)) {
      roundings += transforms(op->grid);
    } else if (const auto* forth = std::get_if<graph::Rfft2>(&node.operation)) {
      roundings += transforms(forth->grid) / 2;
    } else if (const auto* back = std::get_if<graph::Irfft2>(&node.operation)) {
      roundings += transforms(back->grid) / 2;
    }
  }
  return roundings * kUnitRoundoff;
}

double half_network_bound(const graph::Graph& graph) {
  // A block rounds filtered tokens, normalised tokens, weights (twice) and hidden units, each with
  // a relative error of 2⁻¹¹. Its norms pass on the errors of the blocks before. Drivers that
  // truncate instead of rounding have twice the error.
  return 2 * 5 * 0x1p-11 * real(static_cast<std::int64_t>(blocks_of(graph).size() + 1));
}

std::vector<const graph::Node*> blocks_of(const graph::Graph& graph) {
  std::vector<const graph::Node*> blocks;
  for (const graph::Node& node : graph.nodes()) {
    if (std::holds_alternative<graph::Linear>(node.operation) && node.inputs.size() == 4 &&
        !graph.value(node.inputs[3]).is_constant()) {
      blocks.push_back(&node);
    }
  }
  return blocks;
}

}  // namespace gfnet::selfcheck
