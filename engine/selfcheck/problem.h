#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "kernels/spectral_layer.h"
#include "kernels/switched_off.h"
#include "selfcheck/bounds.h"

/// Problems for kernels: small graphs on random data, with the result that the scalar reference
/// gives and the largest error that rounding allows.
namespace gfnet::selfcheck {

/// Random numbers.
class Numbers {
 public:
  explicit Numbers(std::uint32_t seed) : engine_(seed) {}

  std::vector<float> normal(std::int64_t count, float mean = 0.0f, float deviation = 1.0f);
  /// Normally distributed numbers that the type holds exactly.
  std::vector<float> normal_as(DType dtype, std::int64_t count);

 private:
  std::mt19937 engine_;
};

struct Problem {
  /// The node whose kernels are checked; several nodes if their names begin with this.
  std::string node;
  /// The name of what is checked if it is an algorithm of several steps, such as "vkfft 14×14".
  /// Empty: the kernel of the node's only step.
  std::string algorithm = {};
  /// For people: "65×130×137 gelu".
  std::string sizes;
  /// After passes::expand.
  graph::Graph graph = {};
  std::int64_t batch = 1;
  /// The dense input of all images.
  std::vector<float> input = {};
  /// The graph's first output by the scalar reference, for all images.
  Values expected = {};
  /// For each element of `expected`, the largest error of a kernel that uses these units.
  std::function<Values(kernels::Arithmetic)> bounds = {};
};

/// A matrix product of `batch` images with `rows` rows each.
struct LinearSize {
  std::int64_t rows = 1;
  std::int64_t inner = 1;
  std::int64_t outputs = 1;
  bool gelu = false;
  /// kResidual: the addend is the graph's input, and is updated in place. The product then has as
  /// many outputs as inner elements, and `out` is kF32.
  enum Addend { kNone, kConstant, kSelf, kResidual } addend = kNone;
  std::int64_t batch = 1;
  DType in = DType::kF32;
  DType out = DType::kF32;

  friend bool operator==(const LinearSize&, const LinearSize&) = default;
};

Problem linear_problem(Numbers& numbers, const LinearSize& size);

/// A spectral layer in one kernel or by lines, as `chosen` says. out: how the result is stored.
Problem spectral_problem(Numbers& numbers, const GridSize& size,
                         const kernels::SpectralChoice& chosen, DType out);
/// A filter by VkFFT: transform, product and inverse transform.
Problem vkfft_problem(Numbers& numbers, const GridSize& size);

/// The shapes are of one image; each problem has two images.
Problem layer_norm_problem(Numbers& numbers, const Shape& tokens, graph::Layout from,
                           graph::Layout to, DType in, DType out);
Problem token_statistics_problem(Numbers& numbers, const Shape& tokens);
Problem token_mean_problem(Numbers& numbers, const Shape& tokens, DType dtype);
Problem patches_problem(Numbers& numbers, graph::Extent grid, graph::Extent patch,
                        std::int64_t channels, graph::Layout layout, DType out);
Problem softmax_problem(Numbers& numbers, std::int64_t classes, std::int64_t k);
Problem class_map_problem(Numbers& numbers, const Shape& tokens, std::int64_t classes, DType dtype);
Problem magnitude_problem(Numbers& numbers, graph::Extent grid, std::int64_t channels);

/// A small flat network with random weights, before passes::fold: 8×8 tokens.
graph::Graph flat_network(Numbers& numbers);
/// A small pyramid with random weights and layer scale, before passes::fold: 8×12 tokens, then 4×6.
graph::Graph pyramid_network(Numbers& numbers);

inline Values widen(const std::vector<float>& values) { return {values.begin(), values.end()}; }

/// The first output of the scalar reference for each image of a batch, image after image.
Values interpret_batch(const graph::Graph& graph, std::int64_t batch,
                       const std::vector<float>& input);

/// A random filter [H, W/2+1, C, 2]. Columns 0 and, for even W, W/2 are Hermitian along H, as in
/// the spectrum of a real grid.
std::vector<float> hermitian_filter(Numbers& numbers, graph::Extent grid, std::int64_t channels);

}  // namespace gfnet::selfcheck
