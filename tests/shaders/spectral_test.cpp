// The spectral layer in one kernel and by lines: token statistics, then normalisation, transforms
// and the product with the filter.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "gfnet/error.h"
#include "kernels/line_split.h"
#include "kernels/spectral_kernels.h"
#include "kernels/spectral_layer.h"
#include "passes/passes.h"
#include "reference/operations.h"
#include "selfcheck/bounds.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/skip.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using gfnet::test::widen;
using graph::Extent;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

namespace {

using Size = selfcheck::GridSize;

std::vector<float> random_filter(Random& random, const Extent& grid, std::int64_t channels) {
  selfcheck::Numbers numbers(static_cast<std::uint32_t>(random.integer(0, INT32_MAX)));
  return selfcheck::hermitian_filter(numbers, grid, channels);
}

/// known: measured choices among the algorithms of the layer.
Graph spectral_graph(const kernels::DeviceFacts& device, const Extent& grid, std::int64_t channels,
                     std::vector<float> filter, std::vector<float> bias, bool by_lines = false,
                     const kernels::ChoiceTable& known = {}) {
  const kernels::SpectralChoice chosen = kernels::choose_spectral_algorithm(
      {grid, channels}, device, known,
      by_lines ? graph::SpectralForm::kLines : graph::SpectralForm::kFused);
  const std::int64_t width = graph::spectrum_width(grid.width);
  Graph graph;
  const ValueId x = graph.add_input("x", {grid.area(), channels}, Layout::kTokens);
  const ValueId k = graph.add_constant("k", {grid.height, width, channels, 2}, std::move(filter));
  const ValueId b = graph.add_constant("b", {channels}, std::move(bias));
  const ValueId roots =
      graph.add_constant("roots", {grid.height / 2 + 1 + width, 2}, passes::roots_of_unity(grid));
  const ValueId statistics = graph.add_node("norm", graph::TokenStatistics{}, {x});
  graph::NodeInfo info("filter");
  info.choice = chosen.choice;
  graph.mark_output(graph.add_node(info,
                                   graph::SpectralFilter{grid, by_lines, chosen.algorithm.factors},
                                   {x, statistics, k, b, roots}));
  return graph;
}

struct Candidate {
  /// Which kernel to use, if there are several.
  kernels::MeasuredChoices choices;
  bool by_lines = false;
  DType out = DType::kF32;
};

void check(ContextFixture& fixture, Random& random, const Size& s,
           const Candidate& algorithm = {}) {
  CAPTURE(s.grid.height);
  CAPTURE(s.grid.width);
  CAPTURE(s.channels);
  CAPTURE(s.batch);
  const auto filter = random_filter(random, s.grid, s.channels);
  const auto bias = random.normal(s.channels);
  Graph graph = spectral_graph(fixture.facts(), s.grid, s.channels, filter, bias,
                               algorithm.by_lines, algorithm.choices.algorithms);
  const auto x = random.normal(s.batch * s.grid.area() * s.channels, 0.3f, 1.5f);
  graph.set_dtype(graph.outputs().front(), algorithm.out);
  const auto actual = fixture.run(graph, s.batch, x, algorithm.choices).front();
  graph.set_dtype(graph.outputs().front(), DType::kF32);

  const auto expected = test::interpret_batch(graph, s.batch, x);
  test::check_close(actual, expected,
                    selfcheck::spectral_bounds(s, algorithm.by_lines, widen(x), widen(filter),
                                               widen(bias), expected, algorithm.out));
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "spectral: square, odd, prime and rectangular grids") {
  Random random;
  CAPTURE(random.seed());
  for (const Size& s :
       {Size{{1, 1}, 3, 2}, Size{{7, 7}, 37, 3}, Size{{8, 8}, 5, 2}, Size{{14, 14}, 384, 2},
        Size{{14, 14}, 1, 3}, Size{{15, 15}, 4, 1}, Size{{15, 16}, 3, 2}, Size{{16, 15}, 37, 1},
        Size{{12, 12}, 5, 3}, Size{{24, 24}, 9, 1}, Size{{28, 28}, 20, 2}, Size{{1, 9}, 4, 2},
        Size{{12, 1}, 3, 1}, Size{{13, 11}, 37, 2}, Size{{2, 2}, 1, 1}, Size{{3, 32}, 12, 1}}) {
    if (!kernels::fused_fits(s.grid, facts())) {
      CHECK_THROWS_AS(check(*this, random, s), UnsupportedError);
    } else {
      check(*this, random, s);
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "spectral: with lines side by side as on GPUs") {
  Random random;
  CAPTURE(random.seed());
  facts().software = false;
  for (const std::uint32_t invocations : {128u, 256u}) {
    facts().max_workgroup_invocations =
        std::min(invocations, context().facts().max_workgroup_invocations);
    for (const Size& s : {Size{{1, 1}, 3, 2}, Size{{7, 7}, 37, 3}, Size{{14, 14}, 20, 2},
                          Size{{15, 16}, 5, 1}, Size{{13, 11}, 4, 2}, Size{{12, 1}, 1, 1}}) {
      REQUIRE(kernels::fused_fits(s.grid, facts()));
      check(*this, random, s);
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "spectral: every kernel that can be chosen") {
  Random random;
  CAPTURE(random.seed());
  for (const bool software : {context().facts().software, false}) {
    facts().software = software;
    for (const Size& s : {Size{{6, 4}, 37, 2}, Size{{1, 8}, 5, 1}}) {
      const kernels::SpectralLayer layer{s.grid, s.channels};
      const auto algorithms = kernels::spectral_algorithms(layer, facts());
      for (std::size_t w = 0; w < algorithms.size(); ++w) {
        if (algorithms[w].form != graph::SpectralForm::kFused) continue;
        CAPTURE(algorithms[w].name);
        kernels::MeasuredChoices choices;
        choices.algorithms.set(kernels::choose(layer.name(), algorithms, {}), w);
        const auto kernels = kernels::spectral_kernels(layer, s.batch, facts());
        const kernels::SpectralChoice chosen =
            kernels::choose_spectral_algorithm(layer, facts(), choices.algorithms);
        const graph::Choice among =
            kernels::choose(kernels::kernel_key(chosen.choice, s.batch, facts()), kernels, {});
        const Graph graph =
            spectral_graph(facts(), s.grid, s.channels, random_filter(random, s.grid, s.channels),
                           random.normal(s.channels), false, choices.algorithms);
        const auto x = random.normal(s.batch * s.grid.area() * s.channels);
        std::vector<float> first;
        // Other factors need their own pipelines, so only the first kernel is tested with them.
        const std::size_t count = w == 0 ? kernels.size() : 1;
        for (std::size_t k = 0; k < count; ++k) {
          CAPTURE(kernels[k].name);
          choices.kernels.set(among, k);
          check(*this, random, s, {.choices = choices});
          // The kernel may depend on the batch, so all kernels must give the same bits.
          const auto actual = run(graph, s.batch, x, choices).front();
          if (first.empty()) first = actual;
          CHECK(actual == first);
        }
      }
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "spectral: by lines with one stage and two, odd and even") {
  Random random;
  CAPTURE(random.seed());
  for (const Size& s :
       {Size{{1, 1}, 3, 2}, Size{{7, 7}, 37, 3}, Size{{15, 16}, 4, 1}, Size{{1, 40}, 9, 2},
        Size{{33, 1}, 1, 1}, Size{{18, 35}, 6, 2}, Size{{40, 36}, 37, 1}, Size{{32, 256}, 4, 1}}) {
    REQUIRE(kernels::lines_fit(s.grid));
    check(*this, random, s, {.choices = {}, .by_lines = true});
  }
  // Second stages of rows and columns together: odd and even numbers of elements and of groups.
  const Size together{{105, 112}, 5, 2};
  const Size turned{{112, 105}, 3, 1};
  for (const Size& s : {together, turned}) REQUIRE(kernels::split_grid(s.grid, true)->together);
  check(*this, random, together, {.choices = {}, .by_lines = true});
  facts().int64 = false;
  for (const Size& s : {Size{{18, 35}, 6, 2}, turned}) {
    check(*this, random, s, {.choices = {}, .by_lines = true});
  }
  facts().software = false;
  for (const Size& s : {Size{{14, 14}, 5, 2}, Size{{25, 20}, 37, 1}, together}) {
    check(*this, random, s, {.choices = {}, .by_lines = true});
  }
}

TEST_CASE_FIXTURE(ContextFixture, "spectral: by lines, some channels at a time, the same bits") {
  Random random;
  CAPTURE(random.seed());
  for (const bool software : {context().facts().software, false}) {
    facts().software = software;
    // Lines of one stage, of two, and of both kinds. A full last block, and one of a single vector.
    std::vector<Size> sizes{{{7, 14}, 64, 2}, {{36, 21}, 133, 1}, {{9, 40}, 261, 2}};
    if (facts().sharing_lanes() != 0) sizes.push_back({{105, 112}, 69, 1});  // slow elsewhere
    for (const Size& s : sizes) {
      const Graph graph =
          spectral_graph(facts(), s.grid, s.channels, random_filter(random, s.grid, s.channels),
                         random.normal(s.channels), true);
      const auto x = random.normal(s.batch * s.grid.area() * s.channels);
      const auto filter_steps = [&] {
        return plan::make_plan(graph, s.batch, facts(), {}).steps.size() - 1;
      };
      facts().cache_bytes = 0;
      const auto whole = run(graph, s.batch, x).front();
      const std::size_t steps = filter_steps();
      facts().cache_bytes = 1;  // as few channels at a time as possible
      const std::int64_t lanes = facts().line_width();
      const std::int64_t blocks = (s.channels + 4 * lanes - 1) / (4 * lanes);
      CHECK(filter_steps() == static_cast<std::size_t>(blocks) * steps);
      CHECK(run(graph, s.batch, x).front() == whole);
      check(*this, random, s, {.choices = {}, .by_lines = true});
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "spectral: lines that do not split are refused") {
  Random random;
  CAPTURE(random.seed());
  for (const Extent& grid : {Extent{17, 4}, Extent{4, 51}, Extent{37, 37}}) {
    CHECK_FALSE(kernels::lines_fit(grid));
    CHECK_THROWS_AS(check(*this, random, {grid, 4, 1}, {.choices = {}, .by_lines = true}),
                    UnsupportedError);
  }
}

TEST_CASE_FIXTURE(ContextFixture, "spectral: without texel buffers") {
  Random random;
  CAPTURE(random.seed());
  facts().max_texel_elements = 128;  // enough for the roots of unity, too few for the tokens
  for (const Size& s : {Size{{1, 9}, 37, 2}, Size{{8, 7}, 37, 2}}) check(*this, random, s);
}

TEST_CASE_FIXTURE(ContextFixture, "spectral: in the private memory of invocations") {
  Random random;
  CAPTURE(random.seed());
  if (!facts().software) return test::skip("private memory is for software drivers");
  facts().max_shared_memory = 0;
  // As on devices where every buffer can be a texel buffer.
  facts().max_buffer_bytes =
      std::min<std::uint64_t>(facts().max_buffer_bytes, facts().max_texel_elements * 16);
  for (const Size& s : {Size{{1, 9}, 5, 2}, Size{{8, 7}, 37, 2}, Size{{14, 14}, 12, 1}}) {
    check(*this, random, s);
  }
}

TEST_CASE_FIXTURE(ContextFixture, "spectral: a filter of ones is normalisation alone") {
  Random random;
  CAPTURE(random.seed());
  for (const Size& s : {Size{{14, 14}, 21, 1}, Size{{7, 9}, 6, 1}}) {
    const std::int64_t bins = s.grid.height * graph::spectrum_width(s.grid.width);
    std::vector<float> ones;
    for (std::int64_t i = 0; i < s.channels * bins; ++i) {
      ones.push_back(1.0f / static_cast<float>(s.grid.area()));
      ones.push_back(0.0f);
    }
    const std::vector<float> zeros(static_cast<std::size_t>(s.channels), 0.0f);
    const auto x = random.normal(s.grid.area() * s.channels, 2.0f, 1.5f);
    const auto actual = run(spectral_graph(facts(), s.grid, s.channels, ones, zeros), 1, x).front();
    const auto expected = reference::layer_norm(widen(x), s.channels, 1e-6, {}, {});
    const auto sizes = selfcheck::plane_norms(expected, s);
    const auto errors =
        selfcheck::plane_norms(selfcheck::layer_norm_bounds(widen(x), s.channels), s);
    test::check_close(actual, expected, [&](std::size_t i) {
      const std::size_t plane = i % static_cast<std::size_t>(s.channels);
      return 8 * selfcheck::kUnitRoundoff * 10 * sizes[plane] + errors[plane];
    });
  }
}

TEST_CASE_FIXTURE(ContextFixture, "spectral: an image's bits do not depend on its batch") {
  Random random;
  CAPTURE(random.seed());
  for (const Size& s : {Size{{14, 14}, 20, 3}, Size{{7, 5}, 37, 3}, Size{{36, 21}, 5, 3}}) {
    const bool by_lines = !kernels::fused_fits(s.grid, facts());
    const Graph graph =
        spectral_graph(facts(), s.grid, s.channels, random_filter(random, s.grid, s.channels),
                       random.normal(s.channels), by_lines);
    const auto size = static_cast<std::ptrdiff_t>(s.grid.area() * s.channels);
    const auto x = random.normal(s.batch * size);
    const auto together = run(graph, s.batch, x).front();
    for (std::ptrdiff_t image = 0; image < s.batch; ++image) {
      const auto alone =
          run(graph, 1, {x.begin() + image * size, x.begin() + (image + 1) * size}).front();
      CHECK(std::equal(alone.begin(), alone.end(), together.begin() + image * size));
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "spectral: half results from each variant of the kernel") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  Random random;
  CAPTURE(random.seed());
  const Size sizes[] = {{{1, 1}, 3, 2}, {{7, 7}, 9, 2}, {{15, 16}, 6, 1}, {{20, 4}, 17, 2}};
  for (const Size& size : sizes) check(*this, random, size, {.choices = {}, .out = DType::kF16});
  use_gpu_kernels();
  for (const Size& size : sizes) check(*this, random, size, {.choices = {}, .out = DType::kF16});
}
