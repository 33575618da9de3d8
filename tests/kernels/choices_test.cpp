#include "kernels/choices.h"

#include <doctest/doctest.h>

#include <set>

#include "kernels/spectral_kernels.h"
#include "kernels/spectral_layer.h"
#include "plan/plan.h"
#include "support/example_graph.h"
#include "support/expanded.h"

using namespace gfnet;
using gfnet::test::example_graph;

TEST_CASE("a choice among other candidates is not used") {
  struct Candidate {
    std::string name;
    std::string built_of;
    std::string description() const { return built_of; }
  };
  const std::vector<Candidate> then{{"a", "1"}, {"b", "2"}, {"c", "3"}};
  kernels::ChoiceTable known;
  known.set(kernels::choose("key", then, {}), 1);
  const auto chosen = [&](const std::vector<Candidate>& now) {
    const graph::Choice choice = kernels::choose("key", now, known);
    CHECK(known.find(choice).has_value() == (choice.chosen != 0));
    return choice.name();
  };
  CHECK(chosen(then) == "b");
  CHECK(chosen({{"c", "3"}, {"a", "1"}, {"b", "2"}}) == "b");  // the rule's order may change
  CHECK(chosen({{"a", "1"}, {"c", "3"}}) == "a");
  CHECK(chosen({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}) == "a");
  CHECK(chosen({{"a", "1"}, {"b", "2"}, {"c", "4"}}) == "a");
  CHECK_FALSE(known.find(kernels::choose("another key", then, {})));
}

TEST_CASE("on any device a network has the same algorithms and weights at every batch") {
  kernels::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  gpu.max_buffer_bytes = gpu.max_allocation_bytes = std::uint64_t{4} << 30;
  gpu.max_workgroup_count = 1u << 24;
  kernels::DeviceFacts matrix = gpu;
  matrix.half_storage = matrix.half_arithmetic = true;
  matrix.matrix_shapes = {{16, 16, 16}};
  matrix.subgroup_widths = {32};
  kernels::DeviceFacts software = gpu;
  software.software = software.subgroup_broadcast = true;
  software.subgroup_size = 8;
  software.subgroup_widths = {8};
  software.max_texel_elements = 4096;  // enough for few rows only
  for (const kernels::DeviceFacts& device : {gpu, matrix, software}) {
    const graph::Graph graph = example_graph(
        {test::default_forms(device), device.half_storage ? DType::kF16 : DType::kF32, device});
    const auto shared = [&](std::int64_t batch) {
      std::set<std::string> all;
      const plan::Plan plan = plan::make_plan(graph, batch, device);
      for (const plan::Resource& r : plan.resources) {
        if (r.kind != plan::Resource::Kind::kConstant) continue;
        all.insert(r.name + " in blocks of " + std::to_string(r.packing.block_columns));
      }
      for (const plan::Step& step : plan.steps) {
        if (step.choices.algorithm) {
          all.insert(step.choices.algorithm->key + ": " + step.choices.algorithm->name());
        }
      }
      return all;
    };
    const auto one = shared(1);
    for (const std::int64_t batch : {2, 3, 17, 64, 1000}) CHECK(shared(batch) == one);
  }
}

TEST_CASE("choices round-trip as text and other text is refused") {
  graph::Choice algorithm{"linear 12×8 gelu", {"row-major", "transposed"}, 0, 17};
  graph::Choice kernel{"a", {"b", "c"}, 0, ~std::uint64_t{0}};
  kernels::MeasuredChoices choices;
  choices.algorithms.set(algorithm, 1);
  choices.kernels.set(kernel, 1);
  const auto again = kernels::MeasuredChoices::from_text(choices.to_text());
  REQUIRE(again);
  CHECK(again->to_text() == choices.to_text());
  CHECK(again->algorithms.find(algorithm) == 1u);
  CHECK(again->kernels.find(kernel) == 1u);
  CHECK_FALSE(again->algorithms.find(kernel));
  CHECK(kernels::MeasuredChoices::from_text("")->empty());
  // Each of these differs from a whole line in one thing.
  CHECK(kernels::MeasuredChoices::from_text("algorithm\tkey\t12\tcandidate\n"));
  for (const char* other : {"no tab\n", "algorithm\tkey\n", "algorithm\tkey\t12\tcut sho",
                            "algorithm\tkey\t12x\tcandidate\n", "algorithm\tkey\t\tcandidate\n",
                            "path\tkey\t12\tcandidate\n"}) {
    CAPTURE(other);
    CHECK_FALSE(kernels::MeasuredChoices::from_text(other));
  }
  // adopt(): for the same candidates, the other table's choice replaces ours.
  kernels::ChoiceTable mine, others;
  mine.set(algorithm, 0);
  others.set(algorithm, 1);
  others.set(kernel, 0);
  mine.adopt(others);
  CHECK(mine.find(algorithm) == 1u);
  CHECK(mine.find(kernel) == 0u);
  algorithm.digest = 18;
  mine.set(algorithm, 0);
  mine.adopt(others);
  CHECK(mine.find(algorithm) == 0u);
}

TEST_CASE("a plan takes the kernel known as fastest and otherwise the rule's") {
  kernels::DeviceFacts device;
  device.software = true;
  device.subgroup_size = 8;
  device.subgroup_widths = {8};
  device.subgroup_broadcast = true;
  const graph::Graph graph = example_graph();
  const plan::Plan by_rule = plan::make_plan(graph, 2, device);
  kernels::MeasuredChoices choices;
  std::size_t linear_choices = 0;
  for (const plan::Step& step : by_rule.steps) {
    const auto& kernel = step.choices.kernel;
    if (!kernel || !kernel->key.starts_with("linear")) continue;
    ++linear_choices;
    CHECK(kernel->chosen == 0);
    REQUIRE(kernel->candidates.size() > 1);
    choices.kernels.set(*kernel, kernel->candidates.size() - 1);
  }
  REQUIRE(linear_choices > 0);
  for (const plan::Step& step : plan::make_plan(graph, 2, device, choices).steps) {
    const auto& kernel = step.choices.kernel;
    if (!kernel || !kernel->key.starts_with("linear")) continue;
    CHECK(kernel->chosen + 1 == kernel->candidates.size());
    CHECK(std::get<plan::KernelStep>(step.work).kernel == "linear");
  }
  for (const plan::Step& step : by_rule.steps) {
    if (!step.choices.kernel) continue;
    graph::Choice long_ago = *step.choices.kernel;
    ++long_ago.digest;
    choices.kernels.set(long_ago, long_ago.candidates.size() - 1);
  }
  const plan::Plan outdated = plan::make_plan(graph, 2, device, choices);
  REQUIRE(outdated.steps.size() == by_rule.steps.size());
  for (std::size_t i = 0; i < by_rule.steps.size(); ++i) {
    const plan::Step &actual = outdated.steps[i], &expected = by_rule.steps[i];
    CAPTURE(expected.name);
    CHECK(actual.name == expected.name);
    CHECK(plan::kernel_of(actual) == plan::kernel_of(expected));
    REQUIRE(actual.choices.kernel.has_value() == expected.choices.kernel.has_value());
    if (!expected.choices.kernel) continue;
    CHECK(actual.choices.kernel->name() == expected.choices.kernel->name());
    const auto& kernel = std::get<plan::KernelStep>(actual.work);
    CHECK(kernel.specialization == std::get<plan::KernelStep>(expected.work).specialization);
  }
}
