#include <doctest/doctest.h>

#include <cmath>

#include "reference/operations.h"
#include "selfcheck/bounds.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using gfnet::test::widen;
using graph::Graph;
using graph::Layout;

namespace {

/// x: tokens [batch·tokens, channels].
void check(ContextFixture& fixture, Layout in, Layout out, std::int64_t batch, std::int64_t tokens,
           std::int64_t channels, std::vector<float> x) {
  CAPTURE(name_of(in));
  CAPTURE(name_of(out));
  CAPTURE(batch);
  CAPTURE(tokens);
  CAPTURE(channels);
  Graph graph;
  const Shape shape = in == Layout::kPlanes ? Shape{channels, tokens, 1} : Shape{tokens, channels};
  const auto input = graph.add_input("x", shape, in);
  graph.mark_output(graph.add_node("y", graph::LayerNorm{}, {input}, out));

  // All tokens in this layout, image after image.
  const auto in_layout = [&](Layout layout, const std::vector<double>& all) {
    const auto size = static_cast<std::size_t>(tokens * channels);
    std::vector<double> arranged;
    for (std::size_t at = 0; at < all.size(); at += size) {
      const std::span<const double> image = std::span(all).subspan(at, size);
      const auto part = layout == Layout::kPlanes ? reference::planes_of_tokens(image, channels)
                                                  : std::vector<double>(image.begin(), image.end());
      arranged.insert(arranged.end(), part.begin(), part.end());
    }
    return arranged;
  };
  const auto wide = widen(x);
  const auto arranged_input = in_layout(in, wide);
  const auto actual =
      fixture.run(graph, batch, {arranged_input.begin(), arranged_input.end()}).front();

  const auto normalised = reference::layer_norm(wide, channels, 1e-6, {}, {});
  test::check_close(actual, in_layout(out, normalised),
                    in_layout(out, selfcheck::layer_norm_bounds(wide, channels)));
}

constexpr Layout kLayouts[] = {Layout::kTokens, Layout::kPlanes};

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "layer_norm: every tail of tokens and channels, in all layouts") {
  Random random;
  CAPTURE(random.seed());
  struct Size {
    std::int64_t batch, tokens, channels;
  };
  for (const bool int64 : {facts().int64, false}) {
    facts().int64 = int64;
    for (Layout in : kLayouts) {
      for (Layout out : kLayouts) {
        for (const Size& s : {Size{1, 1, 1}, Size{2, 1, 3}, Size{1, 15, 4}, Size{3, 17, 5},
                              Size{2, 49, 64}, Size{1, 196, 97}, Size{2, 33, 130}}) {
          check(*this, in, out, s.batch, s.tokens, s.channels,
                random.normal(s.batch * s.tokens * s.channels, 0.3f, 1.5f));
        }
      }
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "layer_norm: a large mean adds only its own rounding") {
  Random random;
  CAPTURE(random.seed());
  check(*this, Layout::kTokens, Layout::kPlanes, 1, 20, 48, random.normal(20 * 48, 1000.0f, 1.0f));
}

TEST_CASE_FIXTURE(ContextFixture, "layer_norm: equal channels give zero") {
  check(*this, Layout::kPlanes, Layout::kTokens, 1, 9, 12, std::vector<float>(108, 2.5f));
}
