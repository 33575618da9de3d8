#include "plan/plan.h"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "gfnet/error.h"
#include "model/build_graph.h"
#include "support/example_graph.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::example_graph;
using gfnet::test::fused_graph;
using gfnet::test::Random;

namespace {

std::vector<std::size_t> touched(const plan::Step& step) {
  if (const auto* fft = std::get_if<plan::FftStep>(&step.work)) return {fft->planes, fft->spectrum};
  std::vector<std::size_t> resources;
  for (const auto& operand : std::get<plan::KernelStep>(step.work).operands) {
    resources.push_back(operand.resource);
  }
  return resources;
}

bool is_arena(const plan::Resource& r) { return r.kind == plan::Resource::Kind::kArena; }

void check_lifetimes(const plan::Plan& plan) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    for (std::size_t resource : touched(plan.steps[i])) {
      const plan::Resource& r = plan.resources[resource];
      if (!is_arena(r)) continue;
      CAPTURE(plan.steps[i].name);
      CAPTURE(r.name);
      CHECK(r.first_step <= static_cast<int>(i));
      CHECK(r.last_step >= static_cast<int>(i));
    }
  }
  CHECK(plan.resources[plan.input].first_step == -1);
  for (const plan::Output& output : plan.outputs) {
    CHECK(plan.resources[output.resource].last_step == static_cast<int>(plan.steps.size()));
  }
}

}  // namespace
TEST_CASE("tensors of a plan that are alive at the same time never share memory") {
  const graph::Graph graph = example_graph();
  for (const std::int64_t batch : {1, 3, 8}) {
    const plan::Plan plan = plan::make_plan(graph, batch, {});
    for (const plan::Resource& a : plan.resources) {
      if (!is_arena(a)) continue;
      CHECK(a.offset + a.bytes <= plan.arena_bytes);
      for (const plan::Resource& b : plan.resources) {
        if (&a == &b || !is_arena(b)) continue;
        const bool alive_together = a.first_step <= b.last_step && b.first_step <= a.last_step;
        const bool overlap = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
        CHECK_FALSE((alive_together && overlap));
      }
    }
  }
}

TEST_CASE("every step uses only resources that are alive") {
  for (const graph::Graph& graph : {example_graph(), fused_graph()}) {
    check_lifetimes(plan::make_plan(graph, 2, {}));
  }
}

TEST_CASE("a block reuses the memory of the previous one and FFT buffers stay in place") {
  const plan::Plan plan = plan::make_plan(example_graph(), 2, {});
  std::map<std::int64_t, std::set<std::pair<std::uint64_t, std::uint64_t>>> places;
  for (const plan::Step& step : plan.steps) {
    if (const auto* fft = std::get_if<plan::FftStep>(&step.work)) {
      places[fft->grid.height].insert(
          {plan.resources[fft->planes].offset, plan.resources[fft->spectrum].offset});
    }
  }
  REQUIRE(places.size() == 2);
  // One VkFFT plan serves all blocks of a stage, forward and inverse, if their buffers coincide.
  for (const auto& [grid, buffers] : places) CHECK(buffers.size() <= 2);
}

TEST_CASE("the arena grows with the batch and the weights do not") {
  const graph::Graph graph = example_graph();
  const plan::Plan one = plan::make_plan(graph, 1, {});
  const plan::Plan four = plan::make_plan(graph, 4, {});
  CHECK(one.constant_bytes == four.constant_bytes);
  CHECK(four.arena_bytes > 3 * one.arena_bytes);
  CHECK(four.arena_bytes < 5 * one.arena_bytes + (64u << 10));
}

TEST_CASE("a batch that the device cannot bind is refused with advice") {
  kernels::DeviceFacts small;
  small.name = "a small device";
  small.max_buffer_bytes = 1000;
  CHECK_THROWS_WITH_AS(plan::make_plan(example_graph(), 1, small),
                       "not supported on a small device: batch 1: 'image' needs 0.00293 MiB, but a "
                       "shader can access at most 0.0009537 MiB at once; try smaller images",
                       TooLargeError);
  CHECK_THROWS_WITH_AS(
      plan::make_plan(example_graph(), 2, small),
      "not supported on a small device: batch 2: 'image' needs 0.005859 MiB, but a "
      "shader can access at most 0.0009537 MiB at once; try a smaller batch",
      TooLargeError);
  kernels::DeviceFacts little_memory;
  little_memory.max_allocation_bytes = 4096;
  CHECK_THROWS_WITH_AS(plan::make_plan(example_graph(), 1, little_memory),
                       doctest::Contains("the arena"), TooLargeError);
}

TEST_CASE("a head with more classes than a texel buffer holds is refused with the figures") {
  const auto plan_head = [](std::int64_t classes, std::uint64_t texels) {
    constexpr std::int64_t kInner = 4;
    graph::Graph graph;
    const auto x = graph.add_input("x", {1, kInner}, graph::Layout::kTokens);
    const auto weight =
        graph.add_constant("weight", {kInner, classes},
                           std::vector<float>(static_cast<std::size_t>(kInner * classes)));
    const auto bias = graph.add_constant("head.bias", {classes},
                                         std::vector<float>(static_cast<std::size_t>(classes)));
    graph.mark_output(graph.add_node("head", graph::Linear{}, {x, weight, bias}));
    kernels::DeviceFacts facts;
    facts.name = "a small device";
    facts.max_texel_elements = texels;
    return plan::make_plan(graph, 1, facts);
  };
  constexpr std::int64_t kMost = std::int64_t{4} * 65536;
  CHECK(plan_head(kMost, 65536).steps.size() == 1);
  CHECK_THROWS_WITH_AS(plan_head(kMost + 1, 65536),
                       "not supported on a small device: head.bias with 262145 elements, which "
                       "take 65537 texels of a texel buffer (limit: 65536)",
                       UnsupportedError);
  CHECK(plan_head(kMost + 1, 65537).steps.size() == 1);
}

TEST_CASE("excessive batch sizes are refused and not truncated to 32 bits") {
  const graph::Graph graph = example_graph();
  for (const std::int64_t batch : {std::int64_t{0}, std::int64_t{-1}}) {
    CHECK_THROWS_AS(plan::make_plan(graph, batch, {}), Error);
  }
  kernels::DeviceFacts unlimited;
  unlimited.max_buffer_bytes = unlimited.max_allocation_bytes = ~std::uint64_t{0};
  for (int bits = 20; bits < 63; ++bits) {
    CAPTURE(bits);
    CHECK_THROWS_AS(plan::make_plan(graph, std::int64_t{1} << bits, unlimited), TooLargeError);
  }
}

TEST_CASE("workgroups stay within the limits that every device guarantees") {
  for (const graph::Graph& graph : {example_graph(), fused_graph()}) {
    for (const bool software : {false, true}) {
      kernels::DeviceFacts facts;
      facts.software = software;
      for (const plan::Step& step : plan::make_plan(graph, 4, facts).steps) {
        const auto* kernel = std::get_if<plan::KernelStep>(&step.work);
        if (kernel == nullptr) continue;
        const auto& workgroup = kernel->specialization.workgroup;
        CHECK(workgroup[0] * workgroup[1] * workgroup[2] <= 128);
      }
    }
  }
}

TEST_CASE("operations that the passes replace cannot be planned") {
  Random random;
  const auto checkpoint = test::synthetic_checkpoint({}, random);
  const auto graph = model::build_graph(checkpoint, model::infer_config(checkpoint), 1);
  CHECK_THROWS_WITH_AS(plan::make_plan(graph, 1, {}), doctest::Contains("run the passes first"),
                       Error);
}

TEST_CASE("a plan prints as a table and as JSON") {
  const plan::Plan plan = plan::make_plan(example_graph(), 2, {});
  const std::string text = plan::to_text(plan);
  CHECK(text.find("VkFFT rfft2") != std::string::npos);
  CHECK(text.find("MiB") != std::string::npos);
  const auto json = nlohmann::json::parse(plan::to_json(plan));
  CHECK(json["arena_bytes"] == plan.arena_bytes);
  REQUIRE(json["steps"].size() == plan.steps.size());
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    CHECK(json["steps"][i]["name"] == plan.steps[i].name);
    CHECK(json["steps"][i]["kernel"] == plan::kernel_of(plan.steps[i]));
    CHECK(json["steps"][i]["flops"] == plan.steps[i].flops);
    CHECK(json["steps"][i]["bytes"] == plan.steps[i].bytes);
    CHECK(text.find(plan.steps[i].name) != std::string::npos);
  }
  REQUIRE(json["resources"].size() == plan.resources.size());
  for (std::size_t i = 0; i < plan.resources.size(); ++i) {
    CHECK(json["resources"][i]["name"] == plan.resources[i].name);
    CHECK(json["resources"][i]["bytes"] == plan.resources[i].bytes);
  }
}
