#include "graph/graph.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "gfnet/error.h"

using namespace gfnet;
using namespace gfnet::graph;

namespace {

std::vector<float> zeros(std::int64_t count) {
  return std::vector<float>(static_cast<std::size_t>(count), 0.0f);
}

/// A graph with an input [6, 4] and a product [6, 3] of it.
struct Example {
  Graph graph;
  ValueId x = graph.add_input("x", {6, 4}, Layout::kTokens);
  ValueId weight = graph.add_constant("w", {4, 3}, zeros(12));
  ValueId bias = graph.add_constant("b", {3}, zeros(3));
  ValueId product = graph.add_node("product", Linear{}, {x, weight, bias});
};

}  // namespace

TEST_CASE("a graph knows the producer and the consumers of a value") {
  Example e;
  const ValueId activated = e.graph.add_node("gelu", Gelu{}, {e.product});
  e.graph.add_node("sum", Add{}, {activated, e.product});
  CHECK(e.graph.producer(e.x) == nullptr);
  CHECK(e.graph.producer(e.product)->name == "product");
  const auto readers = e.graph.consumers(e.product);
  REQUIRE(readers.size() == 2);
  CHECK(readers[0]->name == "gelu");
  CHECK(readers[1]->name == "sum");
}

TEST_CASE("shapes and layouts follow from the operation") {
  Graph graph;
  const ValueId image = graph.add_input("image", {3, 9, 10}, Layout::kPlanes);
  const ValueId patches = graph.add_node("patches", Patches{{2, 3}, {9, 10}}, {image});
  // 9 rows hold 4 patches of 2 rows, 10 columns hold 3 patches of 3 columns.
  CHECK(graph.value(patches).shape == Shape{12, 18});
  const ValueId planes = graph.add_node("norm", LayerNorm{}, {patches}, Layout::kPlanes);
  CHECK(graph.value(planes).shape.elements() == 12 * 18);
  CHECK(graph.value(planes).layout == Layout::kPlanes);
  const ValueId spectrum = graph.add_node("rfft2", Rfft2{{4, 3}}, {planes});
  CHECK(graph.value(spectrum).shape == Shape{18, 4, 2, 2});
  const ValueId back = graph.add_node("irfft2", Irfft2{{4, 3}}, {spectrum});
  CHECK(graph.value(back).shape == Shape{18, 4, 3});
  const ValueId tokens = graph.add_node("norm2", LayerNorm{}, {back});
  CHECK(graph.value(tokens).shape == Shape{12, 18});
  CHECK(graph.value(graph.add_node("mean", TokenMean{}, {tokens})).shape == Shape{1, 18});
}

TEST_CASE("inputs that do not fit an operation are refused with the node's name") {
  Example e;
  Graph& g = e.graph;
  const ValueId planes = g.add_input("planes", {3, 4, 4}, Layout::kPlanes);
  const ValueId other = g.add_constant("other", {5}, zeros(5));
  const std::vector<std::function<void()>> attempts{
      [&] {
        g.add_node("bad", Linear{}, {e.x, e.bias, e.bias});
      },
      [&] {
        g.add_node("bad", Linear{}, {e.x, e.weight, other});
      },
      [&] {
        g.add_node("bad", Linear{}, {e.x, e.weight, e.bias, e.x});
      },
      [&] {
        g.add_node("bad", Scale{}, {e.x, other});
      },
      [&] {
        g.add_node("bad", Add{}, {e.x, e.product});
      },
      [&] {
        g.add_node("bad", LayerNorm{}, {e.x, e.bias, e.bias});
      },
      [&] {
        g.add_node("bad", GlobalFilter{{2, 2}}, {e.x, other});
      },
      [&] {
        g.add_node("bad", Rfft2{{2, 2}}, {planes});
      },
      [&] { g.add_node("bad", TokenMean{}, {planes}); },
      [&] { g.add_node("bad", SoftmaxTopK{1}, {e.x}); },
      [&] {
        g.add_node("bad", Patches{{5, 5}, {4, 4}}, {planes});
      },
      [&] {
        g.add_node("bad", PatchEmbed{{2, 2}, {4, 4}}, {planes, e.weight, e.bias});
      },
  };
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    CAPTURE(i);
    CHECK_THROWS_WITH_AS(attempts[i](), doctest::Contains("bad: "), Error);
  }
  CHECK_THROWS_AS(g.add_constant("short", {7}, zeros(6)), Error);
}

TEST_CASE("the text dump has a line for every node and names its operands") {
  Example e;
  e.graph.mark_output(e.graph.add_node("act", Gelu{}, {e.product}));
  const std::string text = to_text(e.graph);
  CHECK(text ==
        "%0 x = input tokens [6, 4] f32\n"
        "%3 product = linear(%0, w[4, 3], b[3]) tokens [6, 3] f32\n"
        "%4 act = gelu(%3) tokens [6, 3] f32\n"
        "return %4\n");
}
