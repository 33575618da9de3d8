// The global filter on VkFFT's path: forward FFT, product with the filter, inverse FFT.
#include <doctest/doctest.h>

#include <cmath>

#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using gfnet::test::widen;
using graph::Extent;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

namespace {

Graph filter_graph(const Extent& grid, std::int64_t channels, std::vector<float> filter,
                   std::vector<float> bias) {
  Graph graph;
  const std::int64_t width = graph::spectrum_width(grid.width);
  ValueId x = graph.add_input("x", {channels, grid.height, grid.width}, Layout::kPlanes);
  const ValueId k = graph.add_constant("k", {channels, grid.height, width, 2}, std::move(filter));
  const ValueId b = graph.add_constant("b", {channels}, std::move(bias));
  x = graph.add_node("rfft2", graph::Rfft2{grid}, {x});
  x = graph.add_node("multiply", graph::FilterMultiply{grid}, {x, k, b});
  graph.mark_output(graph.add_node("irfft2", graph::Irfft2{grid}, {x}));
  return graph;
}

double norm(std::span<const float> values) {
  double sum = 0;
  for (float v : values) sum += static_cast<double>(v) * v;
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "filter: any learned filter, square, odd and rectangular grids") {
  Random random;
  CAPTURE(random.seed());
  for (const Extent& grid : {Extent{1, 1}, Extent{7, 7}, Extent{8, 8}, Extent{14, 14},
                             Extent{15, 16}, Extent{16, 15}, Extent{1, 9}, Extent{12, 1}}) {
    CAPTURE(grid.height);
    CAPTURE(grid.width);
    const std::int64_t channels = 3;
    const std::int64_t batch = 2;
    const std::int64_t bins = grid.height * graph::spectrum_width(grid.width);
    // Not Hermitian anywhere: the inverse must ignore some imaginary parts.
    const auto filter = random.normal(channels * bins * 2);
    const auto bias = random.normal(channels);
    const Graph graph = filter_graph(grid, channels, filter, bias);
    const auto x = random.normal(batch * channels * grid.area());
    const auto actual = run(graph, batch, x).front();
    test::check_close(
        actual, test::interpret_batch(graph, batch, x),
        selfcheck::filter_bounds({grid, channels, batch}, widen(x), widen(filter), widen(bias)));
  }
}

TEST_CASE_FIXTURE(ContextFixture, "filter: all ones is the identity and the bias is added") {
  Random random;
  CAPTURE(random.seed());
  const Extent grid{14, 14};
  const std::int64_t channels = 5;
  const std::int64_t bins = grid.height * graph::spectrum_width(grid.width);
  std::vector<float> ones;
  for (std::int64_t i = 0; i < channels * bins; ++i) {
    ones.push_back(1.0f / static_cast<float>(grid.area()));
    ones.push_back(0.0f);
  }
  const auto bias = random.normal(channels);
  const auto x = random.normal(channels * grid.area());
  auto expected = widen(x);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expected[i] += bias[i / static_cast<std::size_t>(grid.area())];
  }
  const auto actual = run(filter_graph(grid, channels, ones, bias), 1, x).front();
  test::check_close(actual, expected, [&](std::size_t) {
    return 8 * selfcheck::kUnitRoundoff * 10 * norm(x) / std::sqrt(channels);
  });
}
