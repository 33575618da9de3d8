// The shaders of explanations: class_map and spectrum_magnitude.
#include <doctest/doctest.h>

#include <cmath>

#include "base/half.h"
#include "reference/operations.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/skip.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using gfnet::test::widen;
using graph::Extent;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

namespace {

std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

struct MapCase {
  std::int64_t tokens;
  std::int64_t channels;
  std::int64_t classes;
  /// Number of most probable classes, ranked on the device; 0: one given class.
  std::int64_t top_k;
};

/// Runs the network's tail: mean, head, ranking, and the maps of the ranked classes.
void check_class_map(ContextFixture& fixture, Random& random, const MapCase& shape, DType in) {
  CAPTURE(shape.tokens);
  CAPTURE(shape.channels);
  CAPTURE(shape.classes);
  CAPTURE(shape.top_k);
  const std::int64_t batch = 3;
  const auto weight = random.normal(shape.classes * shape.channels);
  const auto bias = random.normal(shape.classes);
  std::vector<float> x = random.normal(batch * shape.tokens * shape.channels, 0.1f);
  if (in == DType::kF16) {
    for (float& value : x) value = half_to_float(float_to_half(value));
  }
  const auto given = static_cast<float>(random.integer(0, shape.classes - 1));

  Graph graph;
  const ValueId tokens = graph.add_input("x", {shape.tokens, shape.channels}, Layout::kTokens);
  const ValueId rows = graph.add_constant("weight", {shape.classes, shape.channels}, weight);
  const ValueId shift = graph.add_constant("bias", {shape.classes}, bias);
  ValueId pairs = graph.add_constant("class", {1, 2}, {given, 0.0f});
  if (shape.top_k > 0) {
    std::vector<float> columns(weight.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i] = weight[i % size(shape.classes) * size(shape.channels) + i / size(shape.classes)];
    }
    const ValueId matrix =
        graph.add_constant("head", {shape.channels, shape.classes}, std::move(columns));
    const ValueId mean = graph.add_node("mean", graph::TokenMean{}, {tokens});
    const ValueId logits = graph.add_node("logits", graph::Linear{}, {mean, matrix, shift});
    pairs = graph.add_node("top_k", graph::SoftmaxTopK{shape.top_k}, {logits});
    graph.mark_output(pairs);
    if (in == DType::kF16) {
      graph.set_dtype(mean, DType::kF16);
      graph.set_dtype(matrix, DType::kF16);
    }
  }
  graph.mark_output(graph.add_node("class_map", graph::ClassMap{}, {tokens, rows, shift, pairs}));
  graph.set_dtype(tokens, in);

  const auto outputs = fixture.run(graph, batch, x);
  const std::size_t maps = size(std::max<std::int64_t>(shape.top_k, 1));
  std::vector<double> expected;
  std::vector<double> bound;
  for (std::size_t image = 0; image < size(batch); ++image) {
    // The device's ranking: of two nearly equal classes, either may come first.
    const std::vector<double> wanted =
        shape.top_k == 0
            ? std::vector<double>{given, 0}
            : widen({outputs[0].begin() + static_cast<std::ptrdiff_t>(image * 2 * maps),
                     outputs[0].begin() + static_cast<std::ptrdiff_t>((image + 1) * 2 * maps)});
    const std::size_t elements = size(shape.tokens * shape.channels);
    const auto wide = widen({x.begin() + static_cast<std::ptrdiff_t>(image * elements),
                             x.begin() + static_cast<std::ptrdiff_t>((image + 1) * elements)});
    const auto map = reference::class_map(wide, widen(weight), widen(bias), wanted);
    const auto bounds = selfcheck::class_map_bounds(wide, widen(weight), widen(bias), wanted);
    expected.insert(expected.end(), map.begin(), map.end());
    bound.insert(bound.end(), bounds.begin(), bounds.end());
  }
  test::check_close(outputs.back(), expected, bound);
}

constexpr MapCase kMaps[] = {{1, 1, 1, 1},      {4, 3, 5, 5},      {49, 6, 2, 1},
                             {196, 129, 70, 5}, {225, 16, 10, 10}, {15, 7, 1000, 0},
                             {240, 33, 2, 0},   {9, 4, 1, 0}};

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "class_map: any tokens, channels and classes, ranked or given") {
  Random random;
  CAPTURE(random.seed());
  for (const bool gpu : {false, true}) {
    if (gpu) use_gpu_kernels();
    for (const MapCase& shape : kMaps) check_class_map(*this, random, shape, DType::kF32);
  }
}

TEST_CASE_FIXTURE(ContextFixture, "class_map: tokens in halves") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  Random random;
  CAPTURE(random.seed());
  for (const MapCase& shape : kMaps) check_class_map(*this, random, shape, DType::kF16);
}

TEST_CASE_FIXTURE(ContextFixture, "class_map: an invalid class index is clamped") {
  const auto map_of = [&](float wanted) {
    Graph graph;
    const ValueId x = graph.add_input("x", {2, 1}, Layout::kTokens);
    const ValueId y = graph.add_node(
        "y", graph::ClassMap{},
        {x, graph.add_constant("w", {3, 1}, {1, 10, 100}), graph.add_constant("b", {3}, {0, 0, 0}),
         graph.add_constant("class", {1, 2}, {wanted, 0.0f})});
    graph.mark_output(y);
    return run(graph, 1, {1, 2}).front();
  };
  CHECK(map_of(1.0f) == std::vector<float>{10, 20});
  CHECK(map_of(-4.0f) == std::vector<float>{1, 2});
  CHECK(map_of(17.0f) == std::vector<float>{100, 200});
}

TEST_CASE_FIXTURE(ContextFixture, "spectrum_magnitude: even, odd and rectangular grids") {
  Random random;
  CAPTURE(random.seed());
  for (const bool gpu : {false, true}) {
    if (gpu) use_gpu_kernels();
    for (const Extent& grid : {Extent{1, 1}, Extent{2, 2}, Extent{7, 7}, Extent{14, 14},
                               Extent{15, 16}, Extent{5, 9}, Extent{28, 3}}) {
      for (const std::int64_t channels : {1, 3, 130}) {
        CAPTURE(grid.height);
        CAPTURE(grid.width);
        CAPTURE(channels);
        const std::int64_t batch = 2;
        const std::int64_t width = graph::spectrum_width(grid.width);
        auto gain = random.normal(channels * grid.height * width);
        for (float& value : gain) value = std::abs(value);
        Graph graph;
        const ValueId x =
            graph.add_input("x", {channels, grid.height, width, 2}, Layout::kSpectrum);
        const ValueId weight =
            graph.add_constant("w", {channels}, random.normal(channels, 1.0f, 0.5f));
        const ValueId bias = graph.add_constant("b", {channels}, random.normal(channels));
        const ValueId gains =
            graph.add_constant("gain", {channels, grid.height, width}, std::move(gain));
        graph.mark_output(
            graph.add_node("y", graph::SpectrumMagnitude{grid}, {x, weight, bias, gains}));
        const auto input = random.normal(batch * graph.value(x).shape.elements());
        const auto expected = test::interpret_batch(graph, batch, input);
        test::check_close(run(graph, batch, input).front(), expected,
                          selfcheck::spectrum_magnitude_bounds(grid, channels, expected));
      }
    }
  }
}
