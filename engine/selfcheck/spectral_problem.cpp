#include <fmt/format.h>

#include "passes/passes.h"
#include "selfcheck/problem.h"

namespace gfnet::selfcheck {
namespace {

using graph::Extent;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

std::string text_of(const GridSize& size) {
  return fmt::format("{}×{}×{} batch {}", size.grid.height, size.grid.width, size.channels,
                     size.batch);
}

}  // namespace

std::vector<float> hermitian_filter(Numbers& numbers, Extent grid, std::int64_t channels) {
  const std::int64_t width = graph::spectrum_width(grid.width);
  std::vector<float> filter = numbers.normal(grid.height * width * channels * 2);
  const auto at = [&](std::int64_t h, std::int64_t w, std::int64_t c) {
    return &filter[static_cast<std::size_t>(((h * width + w) * channels + c) * 2)];
  };
  for (std::int64_t w = 0; w < width; ++w) {
    if (w != 0 && 2 * w != grid.width) continue;
    for (std::int64_t h = 0; h < grid.height; ++h) {
      const std::int64_t mirrored = (grid.height - h) % grid.height;
      for (std::int64_t c = 0; c < channels; ++c) {
        if (mirrored == h) at(h, w, c)[1] = 0;
        at(mirrored, w, c)[0] = at(h, w, c)[0];
        at(mirrored, w, c)[1] = -at(h, w, c)[1];
      }
    }
  }
  return filter;
}

Problem spectral_problem(Numbers& numbers, const GridSize& size,
                         const kernels::SpectralChoice& chosen, DType out) {
  const bool by_lines = chosen.algorithm.form == graph::SpectralForm::kLines;
  const std::vector<float> filter = hermitian_filter(numbers, size.grid, size.channels);
  const std::vector<float> bias = numbers.normal(size.channels);
  const std::int64_t width = graph::spectrum_width(size.grid.width);

  Problem problem;
  problem.node = "filter";
  if (by_lines) problem.algorithm = kernels::algorithm_name(chosen.algorithm.form, size.grid);
  problem.sizes = text_of(size);
  problem.batch = size.batch;
  problem.input = numbers.normal(size.batch * size.grid.area() * size.channels, 0.3f, 1.5f);
  Graph& graph = problem.graph;
  const ValueId x = graph.add_input("x", {size.grid.area(), size.channels}, Layout::kTokens);
  const ValueId k = graph.add_constant("k", {size.grid.height, width, size.channels, 2}, filter);
  const ValueId b = graph.add_constant("b", {size.channels}, bias);
  const ValueId roots = graph.add_constant("roots", {size.grid.height / 2 + 1 + width, 2},
                                           passes::roots_of_unity(size.grid));
  const ValueId statistics = graph.add_node("norm", graph::TokenStatistics{}, {x});
  graph::NodeInfo info("filter");
  info.choice = chosen.choice;
  const ValueId y =
      graph.add_node(info, graph::SpectralFilter{size.grid, by_lines, chosen.algorithm.factors},
                     {x, statistics, k, b, roots});
  graph.mark_output(y);
  problem.expected = interpret_batch(graph, size.batch, problem.input);
  graph.set_dtype(y, out);
  const Values bounds = spectral_bounds(size, by_lines, widen(problem.input), widen(filter),
                                        widen(bias), problem.expected, out);
  problem.bounds = [bounds](kernels::Arithmetic) { return bounds; };
  return problem;
}

Problem vkfft_problem(Numbers& numbers, const GridSize& size) {
  const std::int64_t width = graph::spectrum_width(size.grid.width);
  // Not Hermitian anywhere: the inverse must ignore some imaginary parts.
  const std::vector<float> filter = numbers.normal(size.channels * size.grid.height * width * 2);
  const std::vector<float> bias = numbers.normal(size.channels);

  Problem problem;
  problem.node = "filter";
  problem.algorithm = kernels::algorithm_name(graph::SpectralForm::kVkfft, size.grid);
  problem.sizes = text_of(size);
  problem.batch = size.batch;
  problem.input = numbers.normal(size.batch * size.channels * size.grid.area());
  Graph& graph = problem.graph;
  ValueId x =
      graph.add_input("x", {size.channels, size.grid.height, size.grid.width}, Layout::kPlanes);
  const ValueId k = graph.add_constant("k", {size.channels, size.grid.height, width, 2}, filter);
  const ValueId b = graph.add_constant("b", {size.channels}, bias);
  x = graph.add_node("filter.rfft2", graph::Rfft2{size.grid}, {x});
  x = graph.add_node("filter.multiply", graph::FilterMultiply{size.grid}, {x, k, b});
  graph.mark_output(graph.add_node("filter.irfft2", graph::Irfft2{size.grid}, {x}));
  problem.expected = interpret_batch(graph, size.batch, problem.input);
  const Values bounds = filter_bounds(size, widen(problem.input), widen(filter), widen(bias));
  problem.bounds = [bounds](kernels::Arithmetic) { return bounds; };
  return problem;
}

}  // namespace gfnet::selfcheck
