#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/linear_kernels.h"
#include "reference/operations.h"
#include "selfcheck/candidates.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/skip.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using gfnet::test::widen;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

namespace {

using Problem = selfcheck::LinearSize;

/// Every candidate of the device against the scalar reference.
void check(ContextFixture& fixture, Random& random, const Problem& size) {
  selfcheck::Numbers numbers(static_cast<std::uint32_t>(random.integer(0, INT32_MAX)));
  const selfcheck::Problem problem = selfcheck::linear_problem(numbers, size);
  CAPTURE(problem.sizes);
  CAPTURE(name_of(size.in));
  CAPTURE(name_of(size.out));
  std::vector<float> first;
  const auto input = selfcheck::stored(problem.graph.value(problem.graph.inputs().front()),
                                       problem.batch, problem.input);
  for (const selfcheck::Candidate& candidate : selfcheck::candidates_of(problem, fixture.facts())) {
    CAPTURE(candidate.label);
    const auto actual = fixture.run(candidate.plan, input).front();
    test::check_close(actual, problem.expected, problem.bounds(candidate.arithmetic));
    // The kernel may depend on the batch, so all kernels must give the same bits.
    if (first.empty()) first = actual;
    CHECK(actual == first);
  }
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "linear: every tail of rows, inner size and columns") {
  Random random;
  CAPTURE(random.seed());
  for (const std::int64_t rows : {1, 2, 7, 8, 9, 65}) check(*this, random, {rows, 12, 20});
  for (const std::int64_t inner : {1, 2, 3, 5, 31, 130}) check(*this, random, {9, inner, 12});
  for (const std::int64_t outputs : {1, 3, 4, 5, 8, 11, 12, 63, 64, 65, 67, 137}) {
    check(*this, random, {9, 8, outputs});
  }
}

TEST_CASE_FIXTURE(ContextFixture, "linear: epilogues") {
  Random random;
  CAPTURE(random.seed());
  check(*this, random, {17, 16, 18, true});
  check(*this, random, {17, 16, 18, false, Problem::kConstant, 3});
  // x is the addend too. It must not be updated in place, as other columns still read it.
  check(*this, random, {17, 18, 18, false, Problem::kSelf, 2});
  check(*this, random, {40, 137, 137, false, Problem::kSelf, 2});
  check(*this, random, {5, 7, 7, true, Problem::kSelf, 3});
  check(*this, random, {1, 9, 6, true, Problem::kConstant, 9});
}

TEST_CASE_FIXTURE(ContextFixture, "linear: tails and epilogues with the kernels of a GPU") {
  Random random;
  CAPTURE(random.seed());
  use_gpu_kernels();
  // Few epilogues: each compiles another pipeline, which takes most of the time here.
  for (const std::int64_t rows : {1, 15, 33, 65}) check(*this, random, {rows, 13, 20});
  for (const std::int64_t outputs : {1, 31, 65, 137}) check(*this, random, {37, 8, outputs});
  check(*this, random, {40, 137, 137, true, Problem::kSelf, 2});
}

namespace {

/// Every combination of half storage. Each size ends in the middle of every tile. There are few
/// sizes, as each compiles more pipelines.
void check_halves(ContextFixture& fixture, Random& random) {
  constexpr DType kHalf = DType::kF16;
  for (const DType out : {DType::kF16, DType::kF32}) {
    check(fixture, random, {9, 13, 67, false, Problem::kNone, 1, kHalf, out});
  }
  check(fixture, random, {41, 130, 137, false, Problem::kNone, 1, kHalf, kHalf});
  check(fixture, random, {3, 8, 18, true, Problem::kConstant, 3, kHalf, DType::kF32});
  check(fixture, random, {5, 21, 21, true, Problem::kSelf, 2, kHalf, kHalf});
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "linear: halves") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  Random random;
  CAPTURE(random.seed());
  check_halves(*this, random);
}

TEST_CASE_FIXTURE(ContextFixture, "linear: halves with the kernels of a GPU, packed and not") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  Random random;
  CAPTURE(random.seed());
  use_gpu_kernels();
  facts().max_shared_memory = 7u << 10;  // one tile
  if (facts().half_arithmetic) check_halves(*this, random);
  facts().half_arithmetic = false;
  check_halves(*this, random);
}

TEST_CASE_FIXTURE(ContextFixture, "linear: results beyond the largest half are clamped to it") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> weight{300.0f, -300.0f, 1.0f, 0.0f};
  for (const bool gpu : {false, true}) {
    if (gpu) use_gpu_kernels();
    facts().half_arithmetic = false;  // otherwise a chunk's sum is infinite, and so is y
    Graph graph;
    const ValueId in = graph.add_input("x", {4, 1}, Layout::kTokens);
    const ValueId w = graph.add_constant("w", {1, 4}, weight);
    const ValueId b = graph.add_constant("b", {4}, {0.0f, 0.0f, 0.0f, 3e38f});
    const ValueId y = graph.add_node("y", graph::Linear{}, {in, w, b});
    for (const ValueId id : {in, w, y}) graph.set_dtype(id, DType::kF16);
    graph.mark_output(y);
    const auto actual = run(graph, 1, {400.0f, 1.0f, infinity, nan}).front();
    const std::vector<float> expected{65504, -65504, 400, 65504, 300, -300, 1, 65504};
    CHECK(std::equal(expected.begin(), expected.end(), actual.begin()));
    // Infinity and NaN stay visible.
    CHECK(actual[8] == infinity);
    CHECK(actual[9] == -infinity);
    for (std::size_t i = 12; i < 16; ++i) CHECK(std::isnan(actual[i]));
  }
}

TEST_CASE_FIXTURE(ContextFixture, "linear: a residual updated in place") {
  Random random;
  CAPTURE(random.seed());
  const std::int64_t rows = 21, width = 137, hidden = 40, batch = 2;
  const auto x = random.normal(batch * rows * width);
  const auto w1 = random.normal(width * hidden), b1 = random.normal(hidden);
  const auto w2 = random.normal(hidden * width), b2 = random.normal(width);
  Graph graph;
  const ValueId in = graph.add_input("x", {rows, width}, Layout::kTokens);
  const ValueId h = graph.add_node(
      "fc1", graph::Linear{},
      {in, graph.add_constant("w1", {width, hidden}, w1), graph.add_constant("b1", {hidden}, b1)});
  const ValueId y = graph.add_node("fc2", graph::Linear{},
                                   {h, graph.add_constant("w2", {hidden, width}, w2),
                                    graph.add_constant("b2", {width}, b2), in});
  graph.mark_output(y);
  const plan::Plan plan = plan::make_plan(graph, batch, context().facts());
  CHECK(plan.outputs.front().resource == plan.input);

  const auto hidden_values = reference::linear(widen(x), widen(w1), widen(b1), false, {});
  const auto expected = reference::linear(hidden_values, widen(w2), widen(b2), false, widen(x));
  // Two chains: 137 products of size 1, then 40 of size √137; ten deviations bound any element.
  test::check_close(run(graph, batch, x).front(), expected, [&](std::size_t) {
    return 10 * (137 + 40) * selfcheck::kUnitRoundoff * std::sqrt(137.0 * 40.0);
  });
}

TEST_CASE_FIXTURE(ContextFixture, "linear: blocks of rows from one product to the next") {
  Random random;
  CAPTURE(random.seed());
  const std::int64_t width = 13, hidden = 70;
  for (const DType dtype : {DType::kF32, DType::kF16}) {
    if (dtype == DType::kF16 && !facts().half_storage) continue;
    for (const std::int64_t rows : {1, 2, 3, 4, 5, 7, 8, 9, 31, 55, 56, 57, 113}) {
      CAPTURE(rows);
      // In the second graph, the value between the products is an output too, so it is in rows.
      std::vector<std::vector<float>> results;
      const auto w1 = random.normal(width * hidden), w2 = random.normal(hidden * width);
      const auto x = random.normal(2 * rows * width);
      for (const bool hands_on : {true, false}) {
        Graph graph;
        const ValueId in = graph.add_input("x", {rows, width}, Layout::kTokens);
        const ValueId first = graph.add_constant("w1", {width, hidden}, w1);
        const ValueId h = graph.add_node(
            "fc1", graph::Linear{true},
            {in, first, graph.add_constant("b1", {hidden}, std::vector<float>(hidden, 0.5f))});
        const ValueId second = graph.add_constant("w2", {hidden, width}, w2);
        const ValueId y = graph.add_node(
            "fc2", graph::Linear{},
            {h, second, graph.add_constant("b2", {width}, std::vector<float>(width, 0.25f)), in});
        for (const ValueId id : {first, second, h}) graph.set_dtype(id, dtype);
        if (dtype == DType::kF16) graph.set_dtype(in, dtype);
        if (dtype == DType::kF16) graph.set_dtype(y, dtype);
        graph.mark_output(y);
        if (!hands_on) graph.mark_output(h);
        const plan::Plan plan = plan::make_plan(graph, 2, facts());
        const auto& kernel = std::get<plan::KernelStep>(plan.steps.front().work);
        const auto in_blocks = std::ranges::count_if(
            kernel.specialization.constants, [](const SpecializationConstant& constant) {
              return constant.name == "kRowBlocksY" && constant.value != 0;
            });
        CHECK(in_blocks == (hands_on && kernel.kernel.starts_with("linear_broadcast") ? 1 : 0));
        results.push_back(run(graph, 2, x).front());
      }
      CHECK(results[0] == results[1]);
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "linear: sizes of a real network") {
  Random random;
  CAPTURE(random.seed());
  check(*this, random, {196, 96, 384, true});
  check(*this, random, {49, 384, 96, false, Problem::kNone, 2});
  check(*this, random, {1, 384, 1000, false, Problem::kNone, 3});
}

TEST_CASE_FIXTURE(ContextFixture,
                  "linear: few rows with texel buffers, many without, the same weight") {
  if (!facts().software || !facts().subgroup_broadcast) return test::skip("no linear_broadcast");
  Random random;
  CAPTURE(random.seed());
  const std::int64_t inner = 44, outputs = 20, rows = 7;
  Graph graph;
  const ValueId in = graph.add_input("x", {rows, inner}, Layout::kTokens);
  const ValueId w = graph.add_constant("w", {inner, outputs}, random.normal(inner * outputs));
  const ValueId b = graph.add_constant("b", {outputs}, random.normal(outputs));
  graph.mark_output(graph.add_node("y", graph::Linear{true}, {in, w, b}));
  // As many texels as the weight's blocks have: enough for x of two images, too few for nine.
  facts().max_texel_elements = static_cast<std::uint64_t>(
      inner * kernels::round_up(outputs, 4 * facts().subgroup_size) / kernels::kVector);
  const plan::Plan two = plan::make_plan(graph, 2, facts());
  const plan::Plan nine = plan::make_plan(graph, 9, facts());
  CHECK(plan::kernel_of(two.steps.front()) == "linear_broadcast");
  CHECK(plan::kernel_of(nine.steps.front()) == "linear");
  const auto weight_of = [](const plan::Plan& plan) {
    const auto& kernel = std::get<plan::KernelStep>(plan.steps.front().work);
    return plan.resources[kernel.operands[1].resource].packing;
  };
  CHECK(weight_of(two) == weight_of(nine));
  const auto x = random.normal(9 * rows * inner);
  const auto of_nine = run(graph, 9, x).front();
  const auto of_two = run(graph, 2, {x.begin(), x.begin() + 2 * rows * inner}).front();
  CHECK(std::equal(of_two.begin(), of_two.end(), of_nine.begin()));
}

TEST_CASE_FIXTURE(ContextFixture, "linear: a row's result does not depend on the other rows") {
  Random random;
  CAPTURE(random.seed());
  Graph graph;
  const ValueId in = graph.add_input("x", {3, 29}, Layout::kTokens);
  const ValueId w = graph.add_constant("w", {29, 37}, random.normal(29 * 37));
  const ValueId b = graph.add_constant("b", {37}, random.normal(37));
  graph.mark_output(graph.add_node("y", graph::Linear{true}, {in, w, b}));
  const auto x = random.normal(7 * 3 * 29);
  const auto together = run(graph, 7, x).front();
  for (std::int64_t image = 0; image < 7; ++image) {
    const auto alone =
        run(graph, 1, {x.begin() + image * 87, x.begin() + (image + 1) * 87}).front();
    CHECK(std::equal(alone.begin(), alone.end(), together.begin() + image * 111));
  }
}

TEST_CASE_FIXTURE(ContextFixture, "linear: GELU over its whole range") {
  // One input, weight 1: the activation alone.
  Graph graph;
  const std::int64_t points = 4001;
  const ValueId in = graph.add_input("x", {points, 1}, Layout::kTokens);
  const ValueId w = graph.add_constant("w", {1, 1}, {1.0f});
  const ValueId b = graph.add_constant("b", {1}, {0.0f});
  graph.mark_output(graph.add_node("y", graph::Linear{true}, {in, w, b}));
  std::vector<float> x;
  for (std::int64_t i = 0; i < points; ++i) x.push_back(static_cast<float>(i - 2000) / 200.0f);
  x.front() = -1e30f;
  x.back() = 1e30f;
  std::vector<double> expected;
  for (float value : x) expected.push_back(reference::gelu(value));
  test::check_close(run(graph, 1, x).front(), expected, [&](std::size_t i) {
    // Beyond |x| = 6 the result is exactly x or 0, except for the error of erf's clamp.
    return 5e-7 * std::abs(static_cast<double>(x[i])) + 1e-30;
  });
}
