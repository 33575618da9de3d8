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

TEST_CASE_FIXTURE(ContextFixture, "patches: moves every element to its place from both layouts") {
  Random random;
  CAPTURE(random.seed());
  struct Case {
    Extent grid, patch;
    std::int64_t channels;
  };
  for (const Layout layout : {Layout::kPlanes, Layout::kTokens}) {
    for (const Case& c :
         {Case{{4, 4}, {2, 2}, 3}, Case{{9, 7}, {2, 3}, 5}, Case{{16, 16}, {16, 16}, 1},
          Case{{5, 6}, {1, 1}, 7}, Case{{32, 8}, {4, 4}, 4}}) {
      CAPTURE(name_of(layout));
      CAPTURE(c.grid.height);
      CAPTURE(c.channels);
      Graph graph;
      const Shape shape = layout == Layout::kPlanes ? Shape{c.channels, c.grid.height, c.grid.width}
                                                    : Shape{c.grid.area(), c.channels};
      const auto x = graph.add_input("x", shape, layout);
      graph.mark_output(graph.add_node("y", graph::Patches{c.patch, c.grid}, {x}));
      const auto values = random.normal(2 * shape.elements());
      test::check_close(run(graph, 2, values).front(), test::interpret_batch(graph, 2, values),
                        [](std::size_t) { return 1e-300; });
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "token_mean: any number of tokens and channels") {
  Random random;
  CAPTURE(random.seed());
  for (const Shape& shape : {Shape{1, 1}, Shape{49, 6}, Shape{196, 129}, Shape{3, 16}}) {
    CAPTURE(shape.text());
    Graph graph;
    const auto x = graph.add_input("x", shape, Layout::kTokens);
    graph.mark_output(graph.add_node("y", graph::TokenMean{}, {x}));
    const auto values = random.normal(3 * shape.elements());
    test::check_close(run(graph, 3, values).front(), test::interpret_batch(graph, 3, values),
                      [&](std::size_t) { return selfcheck::token_mean_bound(shape[0]); });
  }
}
