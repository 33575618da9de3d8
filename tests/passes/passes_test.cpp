#include "passes/passes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "gfnet/error.h"
#include "model/build_graph.h"
#include "passes/small_architectures.h"
#include "reference/interpreter.h"
#include "support/close.h"
#include "support/expanded.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::Architecture;
using gfnet::test::Random;
using gfnet::test::small_architectures;
using graph::Graph;
using graph::Layout;
using graph::SpectralForm;
using graph::ValueId;

namespace {

/// Each form of a global filter for all layers, and two forms in one network.
std::vector<test::FormOf> all_forms() {
  const auto odd_fused = [](const kernels::SpectralLayer& layer) {
    return layer.grid.width % 2 == 1 ? SpectralForm::kFused : SpectralForm::kVkfft;
  };
  return {test::always(SpectralForm::kVkfft), test::always(SpectralForm::kFused),
          test::always(SpectralForm::kLines), odd_fused};
}

/// All passes in order.
std::vector<passes::Pass> all_passes() {
  std::vector<passes::Pass> all = passes::folding_passes();
  for (const passes::Pass& pass : passes::expanding_passes(DType::kF32)) all.push_back(pass);
  return all;
}

std::size_t count(const Graph& graph, const std::string& operation) {
  return static_cast<std::size_t>(std::ranges::count_if(
      graph.nodes(), [&](const auto& node) { return name_of(node.operation) == operation; }));
}

/// ‖a − b‖ / ‖a‖ over all outputs together.
double difference(const std::vector<reference::Values>& a,
                  const std::vector<reference::Values>& b) {
  double error = 0;
  double norm = 0;
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].size() == b[i].size());
    for (std::size_t j = 0; j < a[i].size(); ++j) {
      error += (a[i][j] - b[i][j]) * (a[i][j] - b[i][j]);
      norm += a[i][j] * a[i][j];
    }
  }
  return std::sqrt(error / norm);
}

}  // namespace

TEST_CASE("all passes in order leave the graph's results unchanged") {
  Random random;
  CAPTURE(random.seed());
  for (const Architecture& architecture : small_architectures()) {
    const auto checkpoint = test::synthetic_checkpoint(architecture, random);
    // With class maps, one layer's spectra and features as further outputs.
    const Graph built =
        model::build_graph(checkpoint, model::infer_config(checkpoint), 1, {true, {}, 0, true});
    REQUIRE(built.outputs().size() == 5);
    const auto input =
        test::widen(random.normal(built.value(built.inputs().front()).shape.elements()));
    const auto expected = reference::interpret(built, input);
    for (const test::FormOf& form : all_forms()) {
      Graph graph = test::with_algorithms(built, {form});
      for (const passes::Pass& pass : all_passes()) {
        CAPTURE(pass.name);
        graph = pass.run(graph);
        // Folding rounds each folded constant to float once.
        CHECK(difference(expected, reference::interpret(graph, input)) <= 1e-6);
      }
    }
  }
}

TEST_CASE("each pass alone leaves the graph's results unchanged") {
  Random random;
  CAPTURE(random.seed());
  const auto checkpoint = test::synthetic_checkpoint(small_architectures()[1], random);
  const Graph graph = model::build_graph(checkpoint, model::infer_config(checkpoint), 2);
  const auto input =
      test::widen(random.normal(graph.value(graph.inputs().front()).shape.elements()));
  const auto expected = reference::interpret(graph, input);
  for (const passes::Pass& pass : all_passes()) {
    CAPTURE(pass.name);
    CHECK(difference(expected, reference::interpret(pass.run(graph), input)) <= 1e-6);
  }
  // The other forms need the norm before the filter to be folded.
  const Graph folded = passes::fold_norm_affine(graph);
  for (const SpectralForm form : {SpectralForm::kFused, SpectralForm::kLines}) {
    const test::Choosing how{test::always(form)};
    const Graph chosen = test::with_algorithms(folded, how);
    CHECK(difference(expected, reference::interpret(passes::expand_global_filter(chosen), input)) <=
          1e-6);
    CHECK_THROWS_WITH_AS(passes::expand_global_filter(test::with_algorithms(graph, how)),
                         doctest::Contains("must be folded"), Error);
  }
}

TEST_CASE("after all passes only operations with a kernel are left") {
  Random random;
  for (const Architecture& architecture : small_architectures()) {
    const auto checkpoint = test::synthetic_checkpoint(architecture, random);
    const model::Config config = model::infer_config(checkpoint);
    const Graph graph = test::expanded(model::build_graph(checkpoint, config, 1));
    for (const char* gone : {"patch_embed", "gelu", "scale", "add", "global_filter"}) {
      CAPTURE(gone);
      CHECK(count(graph, gone) == 0);
    }
    const auto blocks = static_cast<std::size_t>(config.depth());
    CHECK(count(graph, "rfft2") == blocks);
    CHECK(count(graph, "linear") == 2 * blocks + config.stages.size() + 1);
    for (const auto& node : graph.nodes()) {
      if (name_of(node.operation) == "layer_norm") CHECK(node.inputs.size() == 1);
    }
  }
}

TEST_CASE("a folded graph is expanded for each form without copying the constants they share") {
  Random random;
  for (const Architecture& architecture : small_architectures()) {
    const auto checkpoint = test::synthetic_checkpoint(architecture, random);
    const Graph folded =
        passes::fold(model::build_graph(checkpoint, model::infer_config(checkpoint), 1));
    for (const test::FormOf& form : all_forms()) {
      const Graph expanded = passes::expand(test::with_algorithms(folded, {form}));
      std::size_t shared = 0;
      for (const graph::Value& value : folded.values()) {
        if (!value.is_constant() || value.name.find("complex_weight") != std::string::npos)
          continue;
        CAPTURE(value.name);
        ++shared;
        CHECK(std::ranges::any_of(expanded.values(), [&](const graph::Value& other) {
          return other.data == value.data;
        }));
      }
      CHECK(shared >= 4 * count(folded, "global_filter"));
    }
  }
}

TEST_CASE("a global filter takes the form chosen for its grid and channels") {
  Random random;
  Architecture pyramid =
      small_architectures()[1];  // grids of 7×9 with 5 channels, 3×4 with 7, 1×1 with 4
  const auto checkpoint = test::synthetic_checkpoint(pyramid, random);
  const auto form = [](const kernels::SpectralLayer& layer) {
    const bool first = layer.grid == graph::Extent{7, 9} && layer.channels == 5;
    return first ? SpectralForm::kVkfft : SpectralForm::kFused;
  };
  const Graph graph =
      test::expanded(model::build_graph(checkpoint, model::infer_config(checkpoint), 1), {form});
  CHECK(count(graph, "rfft2") == 1);
  CHECK(count(graph, "spectral_filter") == 3);
  CHECK(count(graph, "token_statistics") == 3);
  // Blocks with the same grid share its roots of unity.
  CHECK(std::ranges::count_if(graph.values(), [](const graph::Value& value) {
          return value.is_constant() && value.name.starts_with("roots.");
        }) == 2);
}

TEST_CASE("a pass does not fold a value that has other readers") {
  Random random;
  Graph graph;
  const ValueId x = graph.add_input("x", {3, 4}, Layout::kTokens);
  const auto constant = [&](const char* name, Shape shape) {
    const std::int64_t elements = shape.elements();
    return graph.add_constant(name, std::move(shape), random.normal(elements));
  };
  const ValueId norm =
      graph.add_node("norm", graph::LayerNorm{}, {x, constant("g", {4}), constant("h", {4})});
  const ValueId product =
      graph.add_node("product", graph::Linear{}, {norm, constant("w", {4, 4}), constant("b", {4})});
  const ValueId activated = graph.add_node("gelu", graph::Gelu{}, {product});
  const ValueId scaled = graph.add_node("scale", graph::Scale{}, {product, constant("s", {4})});
  const ValueId sum = graph.add_node("sum", graph::Add{}, {activated, scaled});
  const ValueId total = graph.add_node("total", graph::Add{}, {sum, norm});
  graph.mark_output(total);
  graph.mark_output(product);

  const auto input = test::widen(random.normal(12));
  const auto expected = reference::interpret(graph, input);
  for (const passes::Pass& pass : all_passes()) {
    CAPTURE(pass.name);
    const Graph passed = pass.run(graph);
    CHECK(difference(expected, reference::interpret(passed, input)) == 0.0);
    CHECK(passed.nodes().size() == graph.nodes().size());
  }
}

TEST_CASE("a product added to itself is not fused as an epilogue") {
  Random random;
  Graph graph;
  const ValueId x = graph.add_input("x", {3, 4}, Layout::kTokens);
  const ValueId w = graph.add_constant("w", {4, 4}, random.normal(16));
  const ValueId b = graph.add_constant("b", {4}, random.normal(4));
  const ValueId product = graph.add_node("product", graph::Linear{}, {x, w, b});
  graph.mark_output(graph.add_node("twice", graph::Add{}, {product, product}));
  const auto input = test::widen(random.normal(12));
  CHECK(difference(reference::interpret(graph, input),
                   reference::interpret(passes::fuse_epilogues(graph), input)) == 0.0);
}

TEST_CASE("a global filter that is not between two layer norms is refused") {
  Graph graph;
  const ValueId x = graph.add_input("x", {4, 1}, Layout::kTokens);
  const ValueId filter = graph.add_constant("k", {2, 2, 1, 2}, std::vector<float>(8, 1.0f));
  graph.mark_output(graph.add_node("filter", graph::GlobalFilter{{2, 2}}, {x, filter}));
  CHECK_THROWS_WITH_AS(passes::expand_global_filter(graph), doctest::Contains("filter: "), Error);
}
