#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "gfnet/error.h"
#include "model/build_graph.h"
#include "passes/passes.h"
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

namespace {

/// Half the distance between the halves around x: the most that rounding to a half changes x. At
/// most 2^-11·|x|, except for subnormal halves.
double half_rounding(double x) {
  constexpr int kMantissaBits = 11;  // one of them is not stored
  constexpr int kLeastExponent = -14;
  const int exponent = x == 0 ? kLeastExponent : std::max(std::ilogb(x), kLeastExponent);
  return std::ldexp(1.0, exponent - kMantissaBits);
}

/// As many numbers as x, each uniform within the rounding of its element to a half.
std::vector<float> random_roundings(const reference::Values& x, Random& random) {
  std::vector<float> errors = random.uniform(static_cast<std::int64_t>(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i) {
    errors[i] *= static_cast<float>(half_rounding(x[i]));
  }
  return errors;
}

/// The graph `single` with a random error wherever `half`, the same graph with other storage types,
/// rounds to a half. values: those of `single`, by ValueId. The output is that of `single`'s first.
Graph with_roundings(const Graph& single, const Graph& half,
                     const std::vector<reference::Values>& values, Random& random) {
  Graph result;
  std::vector<ValueId> ids(single.values().size(), -1);
  const auto at = [](ValueId id) { return static_cast<std::size_t>(id); };
  const auto roundings = [&](ValueId id) { return random_roundings(values[at(id)], random); };
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const graph::Value& value = single.values()[i];
    if (!value.is_constant()) continue;
    const auto id = static_cast<ValueId>(i);
    std::vector<float> data = *value.data;
    if (half.value(id).dtype == DType::kF16) {
      std::ranges::transform(data, roundings(id), data.begin(), std::plus<>());
    }
    ids[i] = result.add_constant(value.name, value.shape, std::move(data));
  }
  for (const ValueId id : single.inputs()) {
    const graph::Value& value = single.value(id);
    ids[at(id)] = result.add_input(value.name, value.shape, value.layout);
  }
  for (const graph::Node& node : single.nodes()) {
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) inputs.push_back(ids[at(id)]);
    const graph::Value& output = single.value(node.output);
    ValueId id = result.add_node(node.name, node.operation, inputs, output.layout);
    if (half.value(node.output).dtype == DType::kF16) {
      const ValueId error =
          result.add_constant(node.name + ".error", output.shape, roundings(node.output));
      id = result.add_node(node.name + ".rounded", graph::Add{}, {id, error});
    }
    ids[at(node.output)] = id;
  }
  result.mark_output(ids[at(single.outputs().front())]);
  return result;
}

/// All values of the graph, by ValueId.
std::vector<reference::Values> all_values(Graph graph, const std::vector<double>& input) {
  const std::size_t outputs = graph.outputs().size();
  for (std::size_t i = 0; i < graph.values().size(); ++i) {
    graph.mark_output(static_cast<ValueId>(i));
  }
  std::vector<reference::Values> values = reference::interpret(graph, input);
  values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(outputs));
  return values;
}

}  // namespace

// The bound follows from the roundings. To first order, the error of a logit is Σ d·r over all
// numbers stored as halves: d is the logit's derivative, and |r| ≤ half_rounding() is the rounding.
// With roundings that are independent and uniform, the sum has a standard deviation s and exceeds
// 6·s with a probability below 2·e^-18 (Hoeffding's inequality; a uniform variable is strictly
// sub-Gaussian). The root mean square of the errors in random draws of all roundings gives s.
TEST_CASE("half precision changes results only by rounding") {
  constexpr int kDraws = 100;
  constexpr double kDeviations = 6;
  Random random;
  CAPTURE(random.seed());
  for (const Architecture& architecture : small_architectures()) {
    const auto checkpoint = test::synthetic_checkpoint(architecture, random);
    const Graph built = model::build_graph(checkpoint, model::infer_config(checkpoint), 1);
    const auto input =
        test::widen(random.normal(built.value(built.inputs().front()).shape.elements()));
    const test::FormOf fused = test::always(SpectralForm::kFused);
    const Graph single = test::expanded(built, {fused});
    const Graph half = test::expanded(built, {fused, DType::kF16});
    REQUIRE(half.values().size() == single.values().size());

    const auto values = all_values(single, input);
    const reference::Values& logits = values[static_cast<std::size_t>(single.outputs().front())];
    std::vector<double> variance(logits.size());
    for (int draw = 0; draw < kDraws; ++draw) {
      const Graph rounded = with_roundings(single, half, values, random);
      const auto errors = reference::interpret(rounded, input).front();
      for (std::size_t i = 0; i < logits.size(); ++i) {
        variance[i] += (errors[i] - logits[i]) * (errors[i] - logits[i]) / kDraws;
      }
    }
    const reference::Values actual = reference::interpret(half, input).front();
    test::check_close(std::vector<float>(actual.begin(), actual.end()), logits,
                      [&](std::size_t i) { return kDeviations * std::sqrt(variance[i]); });
    CHECK(actual != logits);
  }
}

TEST_CASE("features are computed beside the network, in single precision") {
  Random random;
  for (const Architecture& architecture : small_architectures()) {
    const auto checkpoint = test::synthetic_checkpoint(architecture, random);
    const model::Config config = model::infer_config(checkpoint);
    const test::Choosing how{test::always(SpectralForm::kFused), DType::kF16};
    const Graph plain = test::expanded(model::build_graph(checkpoint, config, 1), how);
    const Graph graph =
        test::expanded(model::build_graph(checkpoint, config, 1, {false, {}, {}, true}), how);
    CHECK(storage_of(graph, "features.norm") == DType::kF32);
    CHECK(storage_of(graph, "features") == DType::kF32);
    CHECK(graph.nodes().size() == plain.nodes().size() + 2);
    // The nodes that both have are the same: operations, weights and storage types.
    for (const graph::Node& node : plain.nodes()) {
      CAPTURE(node.name);
      const auto found = std::ranges::find(graph.nodes(), node.name, &graph::Node::name);
      REQUIRE(found != graph.nodes().end());
      CHECK(graph::name_of(found->operation) == graph::name_of(node.operation));
      CHECK(graph.value(found->output).dtype == plain.value(node.output).dtype);
      REQUIRE(found->inputs.size() == node.inputs.size());
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const graph::Value& a = graph.value(found->inputs[i]);
        const graph::Value& b = plain.value(node.inputs[i]);
        CHECK(a.name == b.name);
        CHECK(a.dtype == b.dtype);
        REQUIRE(a.is_constant() == b.is_constant());
        if (a.is_constant()) CHECK(*a.data == *b.data);
      }
    }
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
