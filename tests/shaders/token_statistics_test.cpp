#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

namespace {

struct Size {
  graph::Extent grid;
  std::int64_t channels;
  std::int64_t batch;
};

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "token_statistics: every tail of tokens and channels") {
  Random random;
  CAPTURE(random.seed());
  for (const bool software : {context().facts().software, false}) {
    facts().software = software;
    for (const Size& s : {Size{{1, 1}, 1, 1}, Size{{1, 1}, 3, 2}, Size{{3, 5}, 4, 1},
                          Size{{1, 17}, 5, 3}, Size{{7, 7}, 64, 2}, Size{{14, 14}, 97, 1}}) {
      Graph graph;
      const ValueId input = graph.add_input("x", {s.grid.area(), s.channels}, Layout::kTokens);
      graph.mark_output(graph.add_node("y", graph::TokenStatistics{}, {input}));
      const auto x = random.normal(s.batch * s.grid.area() * s.channels, 50.0f, 1.0f);
      const auto actual = run(graph, s.batch, x).front();
      const auto expected = test::interpret_batch(graph, s.batch, x);
      test::check_close(actual, expected,
                        selfcheck::token_statistics_bounds(test::widen(x), s.channels, expected));
    }
  }
}
