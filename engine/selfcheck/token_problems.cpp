// Problems for the operations without candidates.
#include <fmt/format.h>

#include <algorithm>

#include "selfcheck/problem.h"

namespace gfnet::selfcheck {
namespace {

using graph::Extent;
using graph::Layout;
using graph::ValueId;

constexpr std::int64_t kBatch = 2;
/// The bound of a result that must be exact.
constexpr double kExact = 1e-300;

Values constant_bounds(const Problem& problem, double bound, DType out) {
  Values bounds;
  for (double expected : problem.expected) bounds.push_back(stored_bound(bound, expected, out));
  return bounds;
}

void set_bounds(Problem& problem, Values bounds) {
  problem.bounds = [bounds = std::move(bounds)](kernels::Arithmetic) { return bounds; };
}

/// Runs the scalar reference of a graph whose node "y" is its only output, then sets the types of
/// input and output.
void finish(Problem& problem, DType in, DType out) {
  problem.node = "y";
  problem.batch = kBatch;
  problem.expected = interpret_batch(problem.graph, kBatch, problem.input);
  problem.graph.set_dtype(problem.graph.inputs().front(), in);
  problem.graph.set_dtype(problem.graph.outputs().front(), out);
}

/// All tokens in a layout, image after image. tokens: [batch, N, C].
Values in_layout(const Values& tokens, const Shape& shape, Layout layout) {
  if (layout == Layout::kTokens) return tokens;
  const auto size = static_cast<std::size_t>(shape.elements());
  Values arranged;
  for (std::size_t at = 0; at < tokens.size(); at += size) {
    const Values planes =
        reference::planes_of_tokens(std::span(tokens).subspan(at, size), shape[1]);
    arranged.insert(arranged.end(), planes.begin(), planes.end());
  }
  return arranged;
}

}  // namespace

Problem layer_norm_problem(Numbers& numbers, const Shape& tokens, Layout from, Layout to, DType in,
                           DType out) {
  Problem problem;
  problem.sizes = fmt::format("{}×{} {} to {}", tokens[0], tokens[1], name_of(from), name_of(to));
  const Values x = widen(numbers.normal_as(in, kBatch * tokens.elements()));
  const Values arranged = in_layout(x, tokens, from);
  problem.input.assign(arranged.begin(), arranged.end());
  const Shape shape = from == Layout::kPlanes ? Shape{tokens[1], tokens[0], 1} : tokens;
  const ValueId input = problem.graph.add_input("x", shape, from);
  problem.graph.mark_output(problem.graph.add_node("y", graph::LayerNorm{}, {input}, to));
  finish(problem, in, out);
  Values bounds = in_layout(layer_norm_bounds(x, tokens[1]), tokens, to);
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    bounds[i] = stored_bound(bounds[i], problem.expected[i], out);
  }
  set_bounds(problem, std::move(bounds));
  return problem;
}

Problem token_statistics_problem(Numbers& numbers, const Shape& tokens) {
  Problem problem;
  problem.sizes = fmt::format("{}×{}", tokens[0], tokens[1]);
  problem.input = numbers.normal(kBatch * tokens.elements(), 5.0f);
  const ValueId x = problem.graph.add_input("x", tokens, Layout::kTokens);
  problem.graph.mark_output(problem.graph.add_node("y", graph::TokenStatistics{}, {x}));
  finish(problem, DType::kF32, DType::kF32);
  set_bounds(problem, token_statistics_bounds(widen(problem.input), tokens[1], problem.expected));
  return problem;
}

Problem token_mean_problem(Numbers& numbers, const Shape& tokens, DType dtype) {
  Problem problem;
  problem.sizes = fmt::format("{}×{}", tokens[0], tokens[1]);
  problem.input = numbers.normal_as(dtype, kBatch * tokens.elements());
  const ValueId x = problem.graph.add_input("x", tokens, Layout::kTokens);
  problem.graph.mark_output(problem.graph.add_node("y", graph::TokenMean{}, {x}));
  finish(problem, dtype, dtype);
  set_bounds(problem, constant_bounds(problem, token_mean_bound(tokens[0]), dtype));
  return problem;
}

Problem patches_problem(Numbers& numbers, Extent grid, Extent patch, std::int64_t channels,
                        Layout layout, DType out) {
  Problem problem;
  problem.sizes = fmt::format("{}×{}×{} by {}×{} {}", grid.height, grid.width, channels,
                              patch.height, patch.width, name_of(layout));
  const Shape shape = layout == Layout::kPlanes ? Shape{channels, grid.height, grid.width}
                                                : Shape{grid.area(), channels};
  problem.input = numbers.normal_as(out, kBatch * shape.elements());
  const ValueId x = problem.graph.add_input("x", shape, layout);
  problem.graph.mark_output(problem.graph.add_node("y", graph::Patches{patch, grid}, {x}));
  finish(problem, DType::kF32, out);
  set_bounds(problem, Values(problem.expected.size(), kExact));
  return problem;
}

Problem softmax_problem(Numbers& numbers, std::int64_t classes, std::int64_t k) {
  Problem problem;
  problem.sizes = fmt::format("{} of {}", k, classes);
  problem.input = numbers.normal(kBatch * classes, 0.0f, 4.0f);
  const ValueId x = problem.graph.add_input("x", {1, classes}, Layout::kTokens);
  problem.graph.mark_output(problem.graph.add_node("y", graph::SoftmaxTopK{k}, {x}));
  finish(problem, DType::kF32, DType::kF32);
  Values bounds;
  for (std::size_t i = 0; i < problem.expected.size(); ++i) {
    bounds.push_back(i % 2 == 0 ? kExact : probability_bound(classes, problem.expected[i]));
  }
  set_bounds(problem, std::move(bounds));
  return problem;
}

Problem class_map_problem(Numbers& numbers, const Shape& tokens, std::int64_t classes,
                          DType dtype) {
  Problem problem;
  problem.sizes = fmt::format("{}×{} of {} classes", tokens[0], tokens[1], classes);
  problem.input = numbers.normal_as(dtype, kBatch * tokens.elements());
  const std::vector<float> weight = numbers.normal(classes * tokens[1]);
  const std::vector<float> bias = numbers.normal(classes);
  const std::vector<float> pairs{static_cast<float>(classes - 1), 0.0f};
  graph::Graph& graph = problem.graph;
  const ValueId x = graph.add_input("x", tokens, Layout::kTokens);
  graph.mark_output(graph.add_node(
      "y", graph::ClassMap{},
      {x, graph.add_constant("weight", {classes, tokens[1]}, weight),
       graph.add_constant("bias", {classes}, bias), graph.add_constant("class", {1, 2}, pairs)}));
  finish(problem, dtype, DType::kF32);
  set_bounds(problem,
             class_map_bounds(widen(problem.input), widen(weight), widen(bias), widen(pairs)));
  return problem;
}

Problem magnitude_problem(Numbers& numbers, Extent grid, std::int64_t channels) {
  Problem problem;
  problem.sizes = fmt::format("{}×{}×{}", grid.height, grid.width, channels);
  const std::int64_t width = graph::spectrum_width(grid.width);
  std::vector<float> gain = numbers.normal(channels * grid.height * width);
  for (float& value : gain) value = std::abs(value);
  graph::Graph& graph = problem.graph;
  const ValueId x = graph.add_input("x", {channels, grid.height, width, 2}, Layout::kSpectrum);
  problem.input = numbers.normal(kBatch * graph.value(x).shape.elements());
  graph.mark_output(graph.add_node(
      "y", graph::SpectrumMagnitude{grid},
      {x, graph.add_constant("w", {channels}, numbers.normal(channels, 1.0f, 0.5f)),
       graph.add_constant("b", {channels}, numbers.normal(channels)),
       graph.add_constant("gain", {channels, grid.height, width}, std::move(gain))}));
  finish(problem, DType::kF32, DType::kF32);
  set_bounds(problem, spectrum_magnitude_bounds(grid, channels, problem.expected));
  return problem;
}

}  // namespace gfnet::selfcheck
