// Half variants of shaders against the scalar reference. Those of the matrix products and of the
// spectral layer are tested with their other variants.
#include <doctest/doctest.h>

#include <cmath>

#include "base/half.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/skip.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using graph::Extent;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

namespace {

struct Storage {
  DType in;
  DType out;
};

/// Runs a graph of one node with this storage, on numbers that halves hold exactly, against the
/// scalar reference. Allowed errors: `slack` for f32 arithmetic, and the rounding of a half result.
void check(ContextFixture& fixture, Random& random, Graph graph, const Storage& storage,
           double slack) {
  CAPTURE(name_of(storage.in));
  CAPTURE(name_of(storage.out));
  const std::int64_t batch = 2;
  const ValueId in = graph.inputs().front();
  std::vector<float> x = random.normal(batch * graph.value(in).shape.elements());
  for (float& value : x) value = half_to_float(float_to_half(value));
  const auto expected = test::interpret_batch(graph, batch, x);
  graph.set_dtype(in, storage.in);
  graph.set_dtype(graph.outputs().front(), storage.out);
  test::check_close(fixture.run(graph, batch, x).front(), expected, [&](std::size_t i) {
    return selfcheck::stored_bound(slack, expected[i], storage.out);
  });
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "halves: patches") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  Random random;
  CAPTURE(random.seed());
  for (const Extent& grid : {Extent{9, 7}, Extent{4, 4}}) {
    for (const std::int64_t channels : {1, 3, 5}) {
      for (const Layout layout : {Layout::kPlanes, Layout::kTokens}) {
        Graph graph;
        const Shape shape = layout == Layout::kPlanes ? Shape{channels, grid.height, grid.width}
                                                      : Shape{grid.area(), channels};
        const ValueId x = graph.add_input("x", shape, layout);
        graph.mark_output(graph.add_node("y", graph::Patches{{2, 3}, grid}, {x}));
        check(*this, random, graph, {DType::kF32, DType::kF16}, 1e-300);
      }
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "halves: token_mean") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  Random random;
  CAPTURE(random.seed());
  for (const Shape& shape : {Shape{1, 1}, Shape{49, 6}, Shape{196, 129}, Shape{3, 16}}) {
    Graph graph;
    const ValueId x = graph.add_input("x", shape, Layout::kTokens);
    graph.mark_output(graph.add_node("y", graph::TokenMean{}, {x}));
    check(*this, random, graph, {DType::kF16, DType::kF16}, selfcheck::token_mean_bound(shape[0]));
  }
}

TEST_CASE_FIXTURE(ContextFixture, "halves: layer_norm in all layouts") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  Random random;
  CAPTURE(random.seed());
  for (const bool gpu : {false, true}) {
    if (gpu) use_gpu_kernels();
    for (const Storage& storage :
         {Storage{DType::kF16, DType::kF16}, Storage{DType::kF32, DType::kF16},
          Storage{DType::kF16, DType::kF32}}) {
      for (const Layout in : {Layout::kTokens, Layout::kPlanes}) {
        for (const Layout out : {Layout::kTokens, Layout::kPlanes}) {
          for (const Shape& size : {Shape{1, 4}, Shape{17, 5}, Shape{33, 130}}) {
            Graph graph;
            const Shape planes{size[1], size[0], 1};
            const ValueId x = graph.add_input("x", in == Layout::kPlanes ? planes : size, in);
            graph.mark_output(graph.add_node("y", graph::LayerNorm{}, {x}, out));
            // |y| ≤ √C; mean and deviation round C times, ε keeps a variance near 0 harmless.
            const double channels = static_cast<double>(size[1]);
            check(*this, random, graph, storage,
                  16 * (channels + 8) * 0x1p-24 * std::sqrt(channels));
          }
        }
      }
    }
  }
}
