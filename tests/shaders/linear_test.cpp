#include <doctest/doctest.h>

#include <cmath>

#include "plan/linear_kernels.h"
#include "reference/operations.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using gfnet::test::widen;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

namespace {

constexpr double kUnitRoundoff = 0x1p-24;

struct Problem {
  std::int64_t rows;
  std::int64_t inner;
  std::int64_t outputs;
  bool gelu = false;
  enum Addend { kNone, kConstant, kSelf } addend = kNone;
  std::int64_t batch = 1;
};

void check(ContextFixture& fixture, Random& random, const Problem& p) {
  CAPTURE(p.rows);
  CAPTURE(p.inner);
  CAPTURE(p.outputs);
  CAPTURE(p.gelu);
  CAPTURE(p.addend);
  CAPTURE(p.batch);
  const auto x = random.normal(p.batch * p.rows * p.inner);
  const auto weight = random.normal(p.inner * p.outputs);
  const auto bias = random.normal(p.outputs);
  std::vector<float> addend;

  Graph graph;
  const ValueId in = graph.add_input("x", {p.rows, p.inner}, Layout::kTokens);
  std::vector<ValueId> inputs{in, graph.add_constant("w", {p.inner, p.outputs}, weight),
                              graph.add_constant("b", {p.outputs}, bias)};
  if (p.addend == Problem::kConstant) {
    const auto rows = random.normal(p.rows * p.outputs);
    inputs.push_back(graph.add_constant("addend", {p.rows, p.outputs}, rows));
    for (std::int64_t i = 0; i < p.batch; ++i)
      addend.insert(addend.end(), rows.begin(), rows.end());
  } else if (p.addend == Problem::kSelf) {
    inputs.push_back(in);
    addend = x;
  }
  graph.mark_output(graph.add_node("y", graph::Linear{p.gelu}, inputs));

  const auto wide_x = widen(x);
  const auto wide_weight = widen(weight);
  const auto expected = reference::linear(wide_x, wide_weight, widen(bias), p.gelu, widen(addend));

  // A chain of K products rounds K times, each time by at most u of what was added up so far.
  std::vector<double> magnitude_x(wide_x), magnitude_weight(wide_weight);
  for (double& v : magnitude_x) v = std::abs(v);
  for (double& v : magnitude_weight) v = std::abs(v);
  const auto magnitude = reference::linear(magnitude_x, magnitude_weight, widen(bias), false, {});
  const auto bound = [&](std::size_t i) {
    const double sum = magnitude[i] + 2 * std::abs(bias[i % bias.size()]);
    const double product = (static_cast<double>(p.inner) + 2) * kUnitRoundoff * sum;
    // GELU's slope is below 1.13; its erf is right to 5e-7 and the rest a few roundings.
    const double activation = p.gelu ? 0.13 * product + 1e-6 * sum : 0.0;
    const double added = addend.empty() ? 0.0 : std::abs(addend[i]) + std::abs(expected[i]);
    return product + activation + 2 * kUnitRoundoff * added + 1e-30;
  };
  const plan::LinearProblem problem{p.batch * p.rows, p.inner, p.outputs, p.gelu,
                                    p.addend != Problem::kNone};
  for (const auto& kernel : plan::linear_kernels(problem, fixture.context().facts())) {
    CAPTURE(kernel.name);
    plan::Choices choices;
    choices.set(problem.name(), kernel.name);
    test::check_close(fixture.run(graph, p.batch, x, choices).front(), expected, bound);
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
  // x is the addend as well: not to be updated in place, as other columns still read it.
  check(*this, random, {17, 18, 18, false, Problem::kSelf, 2});
  check(*this, random, {40, 137, 137, false, Problem::kSelf, 2});
  check(*this, random, {5, 7, 7, true, Problem::kSelf, 3});
  check(*this, random, {1, 9, 6, true, Problem::kConstant, 9});
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
    return 10 * (137 + 40) * kUnitRoundoff * std::sqrt(137.0 * 40.0);
  });
}

TEST_CASE_FIXTURE(ContextFixture, "linear: sizes of a real network") {
  Random random;
  CAPTURE(random.seed());
  check(*this, random, {196, 96, 384, true});
  check(*this, random, {49, 384, 96, false, Problem::kNone, 2});
  check(*this, random, {1, 384, 1000, false, Problem::kNone, 3});
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
    // Beyond |x| = 6 the result is x or 0 to the last bit but for what erf's clamp leaves.
    return 5e-7 * std::abs(static_cast<double>(x[i])) + 1e-30;
  });
}
