// Two products, or patches and their product, run some rows at a time. They give the same bits as
// with all rows at once.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/context_fixture.h"
#include "support/random.h"
#include "support/skip.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

namespace {

/// The second product's addend: none, the first product's input (updated in place), or that input
/// as an output of the graph, which must not change.
enum class Addend { kNone, kInPlace, kKept };

struct Problem {
  std::int64_t tokens;
  std::int64_t batch;
  Addend addend = Addend::kInPlace;
  DType in = DType::kF32;
  DType out = DType::kF32;
};

constexpr std::int64_t kChannels = 5;
constexpr std::int64_t kHidden = 37;

void check(ContextFixture& fixture, Random& random, const Problem& p) {
  CAPTURE(p.tokens);
  CAPTURE(p.batch);
  CAPTURE(static_cast<int>(p.addend));
  CAPTURE(name_of(p.in));
  CAPTURE(name_of(p.out));
  Graph graph;
  const auto constant = [&](const char* name, const Shape& shape) {
    return graph.add_constant(name, shape, random.normal(shape.elements()));
  };
  const ValueId x = graph.add_input("x", {p.tokens, kChannels}, Layout::kTokens);
  const std::vector<ValueId> first{x, constant("w1", {kChannels, kHidden}),
                                   constant("b1", {kHidden})};
  const ValueId hidden = graph.add_node("fc1", graph::Linear{true}, first);
  std::vector<ValueId> second{hidden, constant("w2", {kHidden, kChannels}),
                              constant("b2", {kChannels})};
  if (p.addend != Addend::kNone) second.push_back(x);
  const ValueId y = graph.add_node("fc2", graph::Linear{}, second);
  for (const ValueId id : {x, first[1], hidden, second[1]}) graph.set_dtype(id, p.in);
  graph.set_dtype(y, p.out);
  graph.mark_output(y);
  if (p.addend == Addend::kKept) graph.mark_output(x);

  const auto input = random.normal(p.batch * p.tokens * kChannels);
  const std::uint64_t limit = fixture.facts().max_buffer_bytes;
  const auto whole = fixture.run(graph, p.batch, input);
  // Buffers as large as the tokens: a fifth of the hidden layer's rows fit, also in halves.
  fixture.facts().max_buffer_bytes =
      static_cast<std::uint64_t>(p.batch * p.tokens *
                                 kernels::round_up(kChannels, kernels::kVector)) *
      std::max(size_of(p.in), size_of(p.out));
  const plan::Plan plan = plan::make_plan(graph, p.batch, fixture.facts());
  CHECK(plan.steps.size() > 4);
  const auto by_rows = fixture.run(graph, p.batch, input);
  fixture.facts().max_buffer_bytes = limit;
  CHECK(by_rows == whole);
}

constexpr std::int64_t kTokens = 29;

/// Patches with position embedding, then a product. in_block: the product belongs to a block; then
/// the bound on memory leaves no room for all patches at once.
Graph embedding(Random& random, bool in_block, Layout layout, DType patches) {
  Graph graph;
  const auto constant = [&](const char* name, const Shape& shape) {
    return graph.add_constant(name, shape, random.normal(shape.elements()));
  };
  const graph::Extent grid{35, 14};
  const graph::Extent patch{5, 7};
  const std::int64_t tokens = grid.area() / patch.area();
  const std::int64_t size = 3 * patch.area();
  const Shape shape =
      layout == Layout::kPlanes ? Shape{3, grid.height, grid.width} : Shape{grid.area(), 3};
  const ValueId x = graph.add_input("x", shape, layout);
  const ValueId cut = graph.add_node("patches", graph::Patches{patch, grid}, {x});
  const ValueId weight = constant("w", {size, kChannels});
  for (const ValueId id : {cut, weight}) graph.set_dtype(id, patches);
  const ValueId embedded = graph.add_node(
      "embedded", graph::Linear{},
      {cut, weight, constant("b", {kChannels}), constant("pos_embed", {tokens, kChannels})});
  graph::NodeInfo after("after");
  if (in_block) after.block = 0;
  graph.mark_output(graph.add_node(
      after, graph::Linear{},
      {embedded, constant("w1", {kChannels, kChannels}), constant("b1", {kChannels})}));
  return graph;
}

void check_patches(ContextFixture& fixture, Layout layout, DType patches) {
  CAPTURE(name_of(layout));
  CAPTURE(name_of(patches));
  Random random;
  CAPTURE(random.seed());
  Random same = random;
  const Graph whole = embedding(random, false, layout, patches);
  const Graph by_rows = embedding(same, true, layout, patches);
  for (const std::int64_t batch : {1, 4}) {
    CAPTURE(batch);
    const auto steps = [&](const Graph& graph) {
      return plan::make_plan(graph, batch, fixture.facts()).steps.size();
    };
    CHECK(steps(whole) == 3);
    CHECK(steps(by_rows) >= 5);
    const auto images = random.normal(batch * 3 * 35 * 14);
    CHECK(fixture.run(by_rows, batch, images) == fixture.run(whole, batch, images));
  }
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "by rows: patches and their embedding give the same bits") {
  for (const Layout layout : {Layout::kPlanes, Layout::kTokens}) {
    check_patches(*this, layout, DType::kF32);
  }
  if (facts().half_storage) check_patches(*this, Layout::kPlanes, DType::kF16);
}

TEST_CASE_FIXTURE(ContextFixture, "by rows: patches with the kernels of a GPU") {
  use_gpu_kernels();
  check_patches(*this, Layout::kPlanes, DType::kF32);
  if (facts().half_storage) check_patches(*this, Layout::kPlanes, DType::kF16);
}

TEST_CASE_FIXTURE(ContextFixture, "by rows: the same bits with every kind of addend") {
  Random random;
  CAPTURE(random.seed());
  for (const Addend addend : {Addend::kNone, Addend::kInPlace, Addend::kKept}) {
    check(*this, random, {kTokens, 7, addend});
  }
}

TEST_CASE_FIXTURE(ContextFixture, "by rows: the same bits in halves") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  Random random;
  CAPTURE(random.seed());
  check(*this, random, {kTokens, 7, Addend::kInPlace, DType::kF16, DType::kF16});
  check(*this, random, {kTokens, 7, Addend::kNone, DType::kF16, DType::kF32});
}

TEST_CASE_FIXTURE(ContextFixture, "by rows: the same bits with the kernels of a GPU") {
  Random random;
  CAPTURE(random.seed());
  use_gpu_kernels();
  check(*this, random, {kTokens, 7});
  if (facts().half_storage) {
    check(*this, random, {kTokens, 7, Addend::kNone, DType::kF16, DType::kF32});
  }
}
