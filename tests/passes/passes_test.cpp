#include "passes/passes.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "gfnet/error.h"
#include "model/build_graph.h"
#include "reference/interpreter.h"
#include "support/close.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::Architecture;
using gfnet::test::Random;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

namespace {

std::vector<Architecture> architectures() {
  Architecture flat;
  flat.grid_height = 5;
  flat.grid_width = 6;  // even: the imaginary part of column W/2 must be ignored
  flat.stages = {{2, 6, 2, 10}};
  Architecture pyramid;
  pyramid.pyramid = true;
  pyramid.layer_scale = true;
  pyramid.grid_height = 7;
  pyramid.grid_width = 9;
  pyramid.stages = {{2, 5, 1, 8}, {2, 7, 2, 9}, {3, 4, 1, 4}};
  Architecture single;
  single.grid_height = single.grid_width = 1;
  single.input_channels = 1;
  single.classes = 1;
  return {flat, pyramid, single};
}

/// Options for each path of a global filter, and for two paths in one network.
std::vector<passes::Options> all_options() {
  using passes::SpectralForm;
  const auto odd_fused = [](const graph::Extent& grid, std::int64_t) {
    return grid.width % 2 == 1 ? SpectralForm::kFused : SpectralForm::kVkfft;
  };
  return {{},
          {[](const graph::Extent&, std::int64_t) { return SpectralForm::kVkfft; }},
          {[](const graph::Extent&, std::int64_t) { return SpectralForm::kFused; }},
          {[](const graph::Extent&, std::int64_t) { return SpectralForm::kLines; }},
          {odd_fused}};
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
  for (const Architecture& architecture : architectures()) {
    const auto checkpoint = test::synthetic_checkpoint(architecture, random);
    // With class maps and one layer's spectra as further outputs.
    const Graph built =
        model::build_graph(checkpoint, model::infer_config(checkpoint), 1, {true, {}, 0});
    REQUIRE(built.outputs().size() == 4);
    const auto input =
        test::widen(random.normal(built.value(built.inputs().front()).shape.elements()));
    const auto expected = reference::interpret(built, input);
    for (const passes::Options& options : all_options()) {
      Graph graph = built;
      for (const passes::Pass& pass : passes::all_passes(options)) {
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
  const auto checkpoint = test::synthetic_checkpoint(architectures()[1], random);
  const Graph graph = model::build_graph(checkpoint, model::infer_config(checkpoint), 2);
  const auto input =
      test::widen(random.normal(graph.value(graph.inputs().front()).shape.elements()));
  const auto expected = reference::interpret(graph, input);
  for (const passes::Options& options : all_options()) {
    for (const passes::Pass& pass : passes::all_passes(options)) {
      CAPTURE(pass.name);
      CHECK(difference(expected, reference::interpret(pass.run(graph), input)) <= 1e-6);
    }
  }
}

TEST_CASE("after all passes only operations with a kernel are left") {
  Random random;
  for (const Architecture& architecture : architectures()) {
    const auto checkpoint = test::synthetic_checkpoint(architecture, random);
    const model::Config config = model::infer_config(checkpoint);
    const Graph graph = passes::optimize(model::build_graph(checkpoint, config, 1));
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

TEST_CASE("a folded graph is lowered for each path without copying the constants they share") {
  Random random;
  for (const Architecture& architecture : architectures()) {
    const auto checkpoint = test::synthetic_checkpoint(architecture, random);
    const Graph folded =
        passes::fold(model::build_graph(checkpoint, model::infer_config(checkpoint), 1));
    for (const passes::Options& options : all_options()) {
      const Graph lowered = passes::optimize(folded, options);
      std::size_t shared = 0;
      for (const graph::Value& value : folded.values()) {
        if (!value.is_constant() || value.name.find("complex_weight") != std::string::npos)
          continue;
        CAPTURE(value.name);
        ++shared;
        CHECK(std::ranges::any_of(
            lowered.values(), [&](const graph::Value& other) { return other.data == value.data; }));
      }
      CHECK(shared >= 4 * count(folded, "global_filter"));
    }
  }
}

TEST_CASE("a global filter takes the path chosen for its grid and channels") {
  Random random;
  Architecture pyramid =
      architectures()[1];  // grids of 7×9 with 5 channels, 3×4 with 7, 1×1 with 4
  const auto checkpoint = test::synthetic_checkpoint(pyramid, random);
  const passes::Options options{[](const graph::Extent& grid, std::int64_t channels) {
    const bool first = grid == graph::Extent{7, 9} && channels == 5;
    return first ? passes::SpectralForm::kVkfft : passes::SpectralForm::kFused;
  }};
  const Graph graph =
      passes::optimize(model::build_graph(checkpoint, model::infer_config(checkpoint), 1), options);
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
  for (const passes::Pass& pass : passes::all_passes()) {
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
  CHECK_THROWS_WITH_AS(passes::lower_global_filter(graph), doctest::Contains("filter: "), Error);
}

namespace {

/// patches → fc1 + GELU → fc2 → norm → fc3 + the residual fc2. scale: standard deviation of w1.
Graph products(Random& random, float scale) {
  Graph graph;
  const ValueId x = graph.add_input("x", {3, 4, 4}, Layout::kPlanes);
  const ValueId patches = graph.add_node("patches", graph::Patches{{2, 2}, {4, 4}}, {x});
  const ValueId w1 = graph.add_constant("w1", {12, 8}, random.normal(96, 0.0f, scale));
  const ValueId b1 = graph.add_constant("b1", {8}, random.normal(8));
  const ValueId w2 = graph.add_constant("w2", {8, 8}, random.normal(64));
  const ValueId hidden = graph.add_node("fc1", graph::Linear{true}, {patches, w1, b1});
  const ValueId stream = graph.add_node("fc2", graph::Linear{}, {hidden, w2, b1});
  const ValueId norm = graph.add_node("norm", graph::LayerNorm{}, {stream});
  graph.mark_output(graph.add_node("fc3", graph::Linear{}, {norm, w2, b1, stream}));
  return graph;
}

DType storage_of(const Graph& graph, const std::string& name) {
  const auto found = std::ranges::find(graph.values(), name, &graph::Value::name);
  REQUIRE(found != graph.values().end());
  return found->dtype;
}

}  // namespace

TEST_CASE("half precision stores only the operands of products as halves") {
  Random random;
  const Graph graph = passes::half_precision(products(random, 1.0f));
  for (const char* half : {"patches", "w1", "w2", "fc1", "norm"}) {
    CAPTURE(half);
    CHECK(storage_of(graph, half) == DType::kF16);
  }
  for (const char* single : {"x", "b1", "fc2", "fc3"}) {
    CAPTURE(single);
    CHECK(storage_of(graph, single) == DType::kF32);
  }
  // Later passes keep the storage type.
  CHECK(storage_of(passes::fuse_epilogues(graph), "fc1") == DType::kF16);
}

TEST_CASE("half precision changes results only by rounding") {
  Random random;
  CAPTURE(random.seed());
  passes::Options options = all_options()[2];
  options.half_precision = true;
  for (const Architecture& architecture : architectures()) {
    const auto checkpoint = test::synthetic_checkpoint(architecture, random);
    const Graph built = model::build_graph(checkpoint, model::infer_config(checkpoint), 1);
    const auto input =
        test::widen(random.normal(built.value(built.inputs().front()).shape.elements()));
    const Graph half = passes::optimize(built, options);
    const double error =
        difference(reference::interpret(built, input), reference::interpret(half, input));
    CHECK(error > 0);
    CHECK(error < 0.05);
  }
}

TEST_CASE("weights that do not fit halves are found") {
  Random random;
  CAPTURE(random.seed());
  CHECK_FALSE(passes::find_unfit_weight(passes::half_precision(products(random, 1.0f))));
  CHECK_FALSE(passes::find_unfit_weight(passes::half_precision(products(random, 0.01f))));
  CHECK_FALSE(passes::find_unfit_weight(products(random, 1e6f)));  // stored as floats
  const auto large = passes::find_unfit_weight(passes::half_precision(products(random, 1e6f)));
  REQUIRE(large);
  CHECK(large->name == "w1");
  CHECK(large->cause.find("65504") != std::string::npos);
  const auto small = passes::find_unfit_weight(passes::half_precision(products(random, 1e-5f)));
  REQUIRE(small);
  CHECK(small->cause.find("too small") != std::string::npos);
}
