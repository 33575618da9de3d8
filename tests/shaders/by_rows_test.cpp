// Two products some rows at a time, against both for all rows at once: the same bits.
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

/// What the second product adds: nothing, what the first reads (in its place), or a tensor that
/// must stay as it is.
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
  // Just what the tokens need: a fifth of the hidden layer's rows, and of halves too.
  fixture.facts().max_buffer_bytes =
      static_cast<std::uint64_t>(p.batch * p.tokens * plan::round_up(kChannels, plan::kVector)) *
      std::max(size_of(p.in), size_of(p.out));
  const plan::Plan plan = plan::make_plan(graph, p.batch, fixture.facts());
  CHECK(plan.steps.size() > 4);
  const auto by_rows = fixture.run(graph, p.batch, input);
  fixture.facts().max_buffer_bytes = limit;
  CHECK(by_rows == whole);
}

constexpr std::int64_t kTokens = 29;

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "by rows: the same bits, whatever is added where") {
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
