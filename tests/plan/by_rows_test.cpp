// Plans that run products by rows: some rows at a time, where all rows would exceed a buffer.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "gfnet/error.h"
#include "plan/memory_need.h"
#include "plan/plan.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::Random;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

namespace {

constexpr std::int64_t kTokens = 29;
constexpr std::int64_t kBatch = 7;
constexpr std::int64_t kRows = kBatch * kTokens;
constexpr std::int64_t kChannels = 5;
constexpr std::int64_t kHidden = 37;
/// Bytes of one row, padded to whole vectors.
constexpr std::uint64_t kTokenBytes = 8 * sizeof(float);
constexpr std::uint64_t kHiddenBytes = 40 * sizeof(float);

struct Mlp {
  Graph graph;
  ValueId x = 0;
  ValueId hidden = 0;
};

/// x + fc2(GELU(fc1(x))), in the form that the passes give it.
Mlp mlp(std::int64_t tokens = kTokens) {
  Random random;
  Mlp m;
  m.x = m.graph.add_input("x", {tokens, kChannels}, Layout::kTokens);
  const auto constant = [&](const char* name, const Shape& shape) {
    return m.graph.add_constant(name, shape, random.normal(shape.elements()));
  };
  m.hidden =
      m.graph.add_node("fc1", graph::Linear{true},
                       {m.x, constant("w1", {kChannels, kHidden}), constant("b1", {kHidden})});
  m.graph.mark_output(m.graph.add_node(
      "fc2", graph::Linear{},
      {m.hidden, constant("w2", {kHidden, kChannels}), constant("b2", {kChannels}), m.x}));
  return m;
}

/// A device whose buffers hold `hidden_rows` rows of the hidden layer, and all rows of other
/// values.
kernels::DeviceFacts device_for(std::int64_t hidden_rows) {
  kernels::DeviceFacts device;
  device.name = "a small device";
  device.max_buffer_bytes = static_cast<std::uint64_t>(hidden_rows) * kHiddenBytes;
  REQUIRE(device.max_buffer_bytes >= kRows * kTokenBytes);
  return device;
}

const plan::KernelStep& work_of(const plan::Step& step) {
  return std::get<plan::KernelStep>(step.work);
}

double sum_of(const plan::Plan& plan, double plan::Step::*field) {
  double sum = 0;
  for (const plan::Step& step : plan.steps) sum += step.*field;
  return sum;
}

}  // namespace

TEST_CASE("by rows: parts cover every row once and fit the device's buffers") {
  const Graph graph = mlp().graph;
  const plan::Plan whole = plan::make_plan(graph, kBatch, device_for(kRows));
  REQUIRE(whole.steps.size() == 2);
  for (const std::int64_t room :
       {kRows - 1, std::int64_t{130}, std::int64_t{127}, std::int64_t{43}}) {
    CAPTURE(room);
    const kernels::DeviceFacts device = device_for(room);
    const plan::Plan plan = plan::make_plan(graph, kBatch, device);
    REQUIRE(plan.steps.size() > 2);
    REQUIRE(plan.steps.size() % 2 == 0);
    std::uint64_t token_bytes = 0;
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
      const plan::KernelStep& kernel = work_of(plan.steps[i]);
      CHECK(plan.steps[i].name == (i % 2 == 0 ? "fc1" : "fc2"));
      for (const plan::Operand& operand : kernel.operands) {
        CHECK(plan.bytes_of(operand) <= device.max_buffer_bytes);
        const plan::Resource& resource = plan.resources[operand.resource];
        if (resource.kind == plan::Resource::Kind::kArena) {
          CHECK(resource.first_step <= static_cast<int>(i));
          CHECK(resource.last_step >= static_cast<int>(i));
        }
        if (!operand.range) continue;
        CHECK(operand.range->offset % device.buffer_alignment == 0);
        CHECK(operand.range->offset + operand.range->bytes <= resource.bytes);
      }
      // fc1 reads the rows after the previous part's; fc2 adds to the same rows in place.
      const plan::Operand& tokens = kernel.operands[i % 2 == 0 ? 0 : 4];
      REQUIRE(tokens.range.has_value());
      CHECK(tokens.resource == plan.input);
      CHECK(tokens.range->offset == token_bytes);
      if (i % 2 == 0) continue;
      CHECK(kernel.operands[0].resource == work_of(plan.steps[i - 1]).operands[4].resource);
      CHECK(plan.bytes_of(kernel.operands[0]) == tokens.range->bytes / kTokenBytes * kHiddenBytes);
      token_bytes += tokens.range->bytes;
      // All steps of a node run the same kernel with the same layout of the weight.
      CHECK(kernel.kernel == work_of(plan.steps[1]).kernel);
      CHECK(kernel.specialization == work_of(plan.steps[1]).specialization);
      CHECK(kernel.operands[1].resource == work_of(plan.steps[1]).operands[1].resource);
      REQUIRE(plan.steps[i].choices.kernel.has_value());
      CHECK(plan.steps[i].choices.kernel->key == plan.steps[1].choices.kernel->key);
    }
    CHECK(token_bytes == kRows * kTokenBytes);
    CHECK(sum_of(plan, &plan::Step::flops) == sum_of(whole, &plan::Step::flops));
    // Every part reads the weights again.
    CHECK(sum_of(plan, &plan::Step::bytes) > sum_of(whole, &plan::Step::bytes));
    CHECK(plan.constant_bytes == whole.constant_bytes);
    CHECK(plan.arena_bytes < whole.arena_bytes);
    CHECK(plan::memory_need(plan).planned_bytes() < plan::memory_need(whole).planned_bytes());
  }
}

TEST_CASE("by rows: parts are whole tiles if they fit and multiples of the alignment otherwise") {
  const Graph graph = mlp().graph;
  const auto first_rows = [&](std::int64_t room, std::uint64_t alignment) {
    kernels::DeviceFacts device = device_for(room);
    device.buffer_alignment = alignment;
    const plan::Plan plan = plan::make_plan(graph, kBatch, device);
    return plan.bytes_of(work_of(plan.steps[0]).operands[0]) / kTokenBytes;
  };
  CHECK(first_rows(150, 256) == 128);
  CHECK(first_rows(127, 256) == 104);  // half of 203, rounded up to a multiple of 8
  CHECK(first_rows(127, 16) == 102);
  CHECK(first_rows(43, 256) == 40);
}

TEST_CASE("by rows: an output or a value with other readers is not split") {
  for (const bool is_output : {false, true}) {
    Mlp m = mlp();
    if (is_output) {
      m.graph.mark_output(m.hidden);
    } else {
      m.graph.mark_output(m.graph.add_node("mean", graph::TokenMean{}, {m.hidden}));
    }
    CHECK(plan::make_plan(m.graph, kBatch, device_for(kRows)).steps.size() ==
          (is_output ? 2u : 3u));
    CHECK_THROWS_WITH_AS(plan::make_plan(m.graph, kBatch, device_for(kRows - 1)),
                         doctest::Contains("'fc1'"), TooLargeError);
  }
}

TEST_CASE("too large for a device and unsupported at any size are different errors") {
  const Mlp m = mlp();
  kernels::DeviceFacts device;
  device.name = "a small device";
  device.max_buffer_bytes = kRows * kTokenBytes - 1;
  CHECK_THROWS_WITH_AS(plan::make_plan(m.graph, kBatch, device),
                       doctest::Contains("not supported on a small device: batch 7: 'x' needs "
                                         "0.006195 MiB, but a shader can access at most"),
                       TooLargeError);
  CHECK_THROWS_WITH_AS(plan::make_plan(m.graph, kBatch, device),
                       doctest::Contains("at once; try a smaller batch"), TooLargeError);
  device.max_buffer_bytes = kTokens * kTokenBytes - 1;
  CHECK_THROWS_WITH_AS(plan::make_plan(m.graph, 1, device),
                       doctest::Contains("at once; try smaller images"), TooLargeError);
  // Weights have the same size at any batch.
  device.max_buffer_bytes = 8 * kHiddenBytes - 1;
  CHECK_THROWS_WITH_AS(plan::make_plan(mlp(1).graph, 1, device), doctest::Contains("'w1' needs"),
                       TooLargeError);
  // A part has at least eight rows, because of the alignment.
  CHECK_THROWS_WITH_AS(plan::make_plan(mlp(9).graph, 1, device), doctest::Contains("'fc1' needs"),
                       TooLargeError);
  Mlp halves = mlp();
  halves.graph.set_dtype(halves.x, DType::kF16);
  bool is_too_large = false;
  try {
    plan::make_plan(halves.graph, 1, device_for(kRows));
    FAIL("planned halves on a device without 16-bit storage");
  } catch (const TooLargeError&) {
    is_too_large = true;
  } catch (const UnsupportedError&) {
  }
  CHECK_FALSE(is_too_large);
}

TEST_CASE("by rows: the plan as JSON has the ranges of each step's resources") {
  const plan::Plan plan = plan::make_plan(mlp().graph, kBatch, device_for(kRows - 1));
  const auto steps = nlohmann::json::parse(plan::to_json(plan))["steps"];
  REQUIRE(steps.size() == 4);
  const std::uint64_t bytes = 128 * kTokenBytes;
  // x, the weight, the bias twice (there is no addend), and a hidden layer with only these rows.
  CHECK(steps[0]["ranges"] ==
        nlohmann::json::parse("[[0, " + std::to_string(bytes) + "], null, null, null, null]"));
  CHECK(steps[2]["ranges"][0][0] == bytes);
  CHECK(steps[2]["ranges"][0][1] == kRows * kTokenBytes - bytes);
  CHECK(steps[2]["ranges"][4][1] == (kRows - 128) * kHiddenBytes);
  const plan::Plan whole = plan::make_plan(mlp().graph, kBatch, device_for(kRows));
  CHECK(plan::to_json(whole).find("ranges") == std::string::npos);
}
