#include <doctest/doctest.h>

#include <cmath>

#include "reference/operations.h"
#include "support/context_fixture.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using gfnet::test::widen;
using graph::Graph;
using graph::Layout;

namespace {

std::vector<float> top_k(ContextFixture& fixture, const std::vector<float>& logits,
                         std::int64_t batch, std::int64_t k) {
  Graph graph;
  const std::int64_t classes = static_cast<std::int64_t>(logits.size()) / batch;
  const auto x = graph.add_input("logits", {1, classes}, Layout::kTokens);
  graph.mark_output(graph.add_node("y", graph::SoftmaxTopK{k}, {x}));
  return fixture.run(graph, batch, logits).front();
}

void check(ContextFixture& fixture, const std::vector<float>& logits, std::int64_t batch,
           std::int64_t k) {
  CAPTURE(logits.size());
  CAPTURE(k);
  const auto actual = top_k(fixture, logits, batch, k);
  const auto wide = widen(logits);
  const std::size_t classes = logits.size() / static_cast<std::size_t>(batch);
  const std::size_t row = 2 * static_cast<std::size_t>(k);
  for (std::size_t image = 0; image < static_cast<std::size_t>(batch); ++image) {
    const auto expected =
        reference::softmax_top_k(std::span(wide).subspan(image * classes, classes), k);
    for (std::size_t i = 0; i < row; i += 2) {
      CAPTURE(i);
      CHECK(actual[image * row + i] == static_cast<float>(expected[i]));
      CHECK(std::abs(actual[image * row + i + 1] - expected[i + 1]) <=
            selfcheck::probability_bound(static_cast<std::int64_t>(classes), expected[i + 1]));
    }
  }
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture,
                  "softmax_top_k: order and probabilities for any number of classes") {
  Random random;
  CAPTURE(random.seed());
  check(*this, random.normal(2 * 1000, 0.0f, 4.0f), 2, 5);
  check(*this, random.normal(3 * 10), 3, 10);
  check(*this, random.normal(63), 1, 1);
  check(*this, random.normal(65, -200.0f, 30.0f), 1, 3);
  check(*this, random.normal(2), 1, 2);
}

TEST_CASE_FIXTURE(ContextFixture, "softmax_top_k: ties go to the lower class") {
  check(*this, {1, 3, 2, 3, 3, 0, 2, -1}, 1, 8);
  check(*this, std::vector<float>(130, 0.5f), 1, 130);
}

TEST_CASE_FIXTURE(ContextFixture, "softmax_top_k: a single logit gives its sigmoid") {
  check(*this, {0.7f, -3.0f, 0.0f, 50.0f}, 4, 1);
}

TEST_CASE_FIXTURE(ContextFixture, "softmax_top_k: NaN comes last and does not hang the shader") {
  const float nan = std::nanf("");
  const auto result = top_k(*this, {1.0f, nan, 2.0f, nan}, 1, 4);
  CHECK(result[0] == 2.0f);
  CHECK(result[2] == 0.0f);
  CHECK(result[4] == 1.0f);
  CHECK(result[6] == 3.0f);
  const auto infinite = top_k(*this, {-INFINITY, 0.0f, -INFINITY}, 1, 3);
  CHECK(infinite[0] == 1.0f);
  CHECK(infinite[1] == 1.0f);
  CHECK(infinite[2] == 0.0f);
  CHECK(infinite[3] == 0.0f);
}
