#include "runtime/tuner.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/context_fixture.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;

namespace {

/// Large enough to be measured, small enough to be quick on a software driver.
graph::Graph product(Random& random) {
  graph::Graph graph;
  const std::int64_t rows = 96, inner = 384, outputs = 384;
  const auto x = graph.add_input("x", {rows, inner}, graph::Layout::kTokens);
  const auto w = graph.add_constant("w", {inner, outputs}, random.normal(inner * outputs));
  const auto b = graph.add_constant("b", {outputs}, random.normal(outputs));
  graph.mark_output(graph.add_node("y", graph::Linear{}, {x, w, b}));
  return graph;
}

struct TemporaryDirectory {
  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               ("gfnet-tuner-" + std::to_string(Random().seed()));
  TemporaryDirectory() { std::filesystem::create_directories(path); }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "tuner: picks one of the candidates, and asks only once") {
  if (context().device().info().timestamp_bits == 0) return;
  Random random;
  const graph::Graph graph = product(random);
  const plan::Plan plan = plan::make_plan(graph, 1, context().facts());
  const plan::Decision& decision = plan.steps.front().decision.value();
  REQUIRE(decision.candidates.size() > 1);

  const plan::Choices found = runtime::tune(context(), graph, 1, {});
  const std::string* best = found.find(decision.problem);
  REQUIRE(best != nullptr);
  CHECK(std::ranges::find(decision.candidates, *best) != decision.candidates.end());

  plan::Choices known;
  known.set(decision.problem, "settled");
  CHECK(*runtime::tune(context(), graph, 1, known).find(decision.problem) == "settled");
}

TEST_CASE_FIXTURE(ContextFixture, "choices: remembered for this device and these shaders alone") {
  const TemporaryDirectory directory;
  const vulkan::DeviceInfo& device = context().device().info();
  plan::Choices choices;
  choices.set("problem", "candidate");
  runtime::ChoiceStore(device, directory.path).remember(choices);
  CHECK(runtime::ChoiceStore(device, directory.path).choices().to_text() == choices.to_text());

  vulkan::DeviceInfo other = device;
  ++other.driver_version_number;
  CHECK(runtime::ChoiceStore(other, directory.path).choices().empty());

  for (const auto& entry : std::filesystem::directory_iterator(directory.path)) {
    std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) - 1);
  }
  CHECK(runtime::ChoiceStore(device, directory.path).choices().empty());
}
