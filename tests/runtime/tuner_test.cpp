#include "runtime/tuner.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "gfnet/error.h"
#include "model/build_graph.h"
#include "plan/spectral_layer.h"
#include "runtime/network.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::runtime::Planner;
using gfnet::test::Architecture;
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
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("gfnet-tuner-" + std::to_string(Random().seed()));
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

  const runtime::Planner planner(graph, context().facts());
  const plan::Choices found = runtime::tune(context(), planner, 1, {});
  const std::string* best = found.find(decision.problem);
  REQUIRE(best != nullptr);
  CHECK(std::ranges::find(decision.candidates, *best) != decision.candidates.end());

  plan::Choices known;
  known.set(decision.problem, "settled");
  CHECK(*runtime::tune(context(), planner, 1, known).find(decision.problem) == "settled");
}

namespace {

Planner small_network(const plan::DeviceFacts& facts) {
  Random random;
  Architecture architecture;  // of one 14×14 grid
  architecture.grid_height = architecture.grid_width = 14;
  architecture.stages = {{2, 64, 2, 64}};
  const auto checkpoint = test::synthetic_checkpoint(architecture, random);
  return {passes::fold(model::build_graph(checkpoint, model::infer_config(checkpoint), 1)), facts};
}

constexpr const char* kSpectral = "spectral 14×14×64 of 8";

/// What would be measured where a path takes so many seconds, whatever its kernel.
runtime::Timing seconds_of_paths(double vkfft, double fused) {
  return [=](const plan::Plan& plan) {
    std::map<std::string, double> seconds;
    for (const plan::Step& step : plan.steps) {
      if (!step.decision || step.decision->problem != kSpectral) continue;
      const bool is_vkfft = step.decision->candidates[step.decision->chosen] == "vkfft";
      seconds[kSpectral] = is_vkfft ? vkfft : fused;
    }
    return seconds;
  };
}

bool has_ffts(const plan::Plan& plan) {
  return std::ranges::any_of(plan.steps, [](const plan::Step& step) {
    return std::holds_alternative<plan::FftStep>(step.work);
  });
}

}  // namespace

TEST_CASE("tuner: the faster spectral path is found, and planned from then on") {
  const Planner planner = small_network({});
  const auto planning = [&](const plan::Choices& choices) { return planner.plan(8, choices); };
  CHECK_FALSE(has_ffts(planning({})));  // the rule
  const auto vkfft = runtime::find_fastest(planning, seconds_of_paths(1, 2), {});
  CHECK(*vkfft.find(kSpectral) == "vkfft");
  CHECK(has_ffts(planning(vkfft)));
  const auto fused = runtime::find_fastest(planning, seconds_of_paths(2, 1), {});
  CHECK(fused.find(kSpectral)->starts_with("spectral_filter "));
  CHECK_FALSE(has_ffts(planning(fused)));
  // What is known is not measured again.
  const auto kept = runtime::find_fastest(planning, seconds_of_paths(2, 1), vkfft);
  CHECK(*kept.find(kSpectral) == "vkfft");
}

TEST_CASE("tuner: the fastest of a path's kernels is found") {
  const Planner planner = small_network({});
  const auto planning = [&](const plan::Choices& choices) { return planner.plan(8, choices); };
  const auto candidates = plan::spectral_candidates({{14, 14}, 64, 8}, {});
  for (const auto& fastest : candidates) {
    std::size_t timed = 0;
    const auto found = runtime::find_fastest(
        planning,
        [&](const plan::Plan& plan) {
          std::map<std::string, double> seconds;
          for (const plan::Step& step : plan.steps) {
            if (!step.decision || step.decision->problem != kSpectral) continue;
            const auto& chosen = step.decision->candidates[step.decision->chosen];
            seconds[kSpectral] = chosen == fastest.name ? 1 : 2;
          }
          ++timed;
          return seconds;
        },
        {});
    CHECK(*found.find(kSpectral) == fastest.name);
    CHECK(timed >= candidates.size());
  }
}

TEST_CASE("tuner: a candidate that cannot be made loses") {
  const Planner planner = small_network({});
  const auto planning = [&](const plan::Choices& choices) { return planner.plan(8, choices); };
  const auto found = runtime::find_fastest(planning,
                                           [](const plan::Plan& plan) {
                                             if (!has_ffts(plan))
                                               throw UnsupportedError("the kernel", "a driver");
                                             return seconds_of_paths(1, 1)(plan);
                                           },
                                           {});
  CHECK(*found.find(kSpectral) == "vkfft");
}

TEST_CASE_FIXTURE(ContextFixture, "tuner: paths and kernels are measured in the whole network") {
  if (context().device().info().timestamp_bits == 0) return;
  const Planner planner = small_network(facts());
  const auto found = runtime::tune(context(), planner, 8, {});
  const std::string* best = found.find(kSpectral);
  REQUIRE(best != nullptr);
  const auto candidates = plan::spectral_candidates({{14, 14}, 64, 8}, facts());
  CHECK(std::ranges::find(candidates, *best, &plan::SpectralCandidate::name) != candidates.end());
  CHECK(has_ffts(planner.plan(8, found)) == (*best == "vkfft"));
}

TEST_CASE("planner: plans of one path share all weights, plans of two all but the filters'") {
  const Planner planner = small_network({});
  plan::Choices vkfft;
  vkfft.set("spectral 14×14×64 of 2", "vkfft");
  const auto weights = [](const plan::Plan& plan) {
    std::set<const void*> data;
    for (const plan::Resource& resource : plan.resources) {
      if (resource.kind == plan::Resource::Kind::kConstant) data.insert(resource.data.get());
    }
    return data;
  };
  const auto shared = [](const std::set<const void*>& a, const std::set<const void*>& b) {
    std::vector<const void*> both;
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    return both.size();
  };
  const auto one = weights(planner.plan(1, {})), four = weights(planner.plan(4, {}));
  const auto two = weights(planner.plan(2, vkfft));
  CHECK(one == four);
  CHECK(shared(one, two) == two.size() - 2);      // two blocks
  CHECK(shared(one, two) == one.size() - 2 - 1);  // and the roots of unity
}

TEST_CASE_FIXTURE(ContextFixture, "planner: results are the same whichever path is chosen") {
  const Planner planner = small_network(facts());
  const std::int64_t batch = 3;
  Random random;
  CAPTURE(random.seed());
  const auto input = random.normal(batch * 3 * 28 * 28);
  const plan::SpectralLayer layer{{14, 14}, 64, batch};
  std::vector<std::vector<float>> results;
  for (const auto& candidate : plan::spectral_candidates(layer, facts())) {
    CAPTURE(candidate.name);
    plan::Choices choices;
    choices.set(layer.name(), candidate.name);
    const plan::Plan plan = planner.plan(batch, choices);
    CHECK(has_ffts(plan) == (candidate.name == "vkfft"));
    results.push_back(run(plan, std::as_bytes(std::span(input))).front());
    CHECK(test::relative_error(results.back(), test::widen(results.front())) <= 1e-5);
  }
  CHECK(results.size() >= 2);
}

TEST_CASE("network: a path in the store is taken unless tuning is off") {
  const TemporaryDirectory directory;
  const auto open = [&] {
    return runtime::DeviceContext(test::wanted_device(), test::wants_validation(), directory.path);
  };
  plan::Choices choices;
  choices.set(kSpectral, "vkfft");
  {
    runtime::DeviceContext context = open();
    context.remember(choices);
  }
  runtime::DeviceContext context = open();
  const Planner planner = small_network(context.facts());
  CHECK(has_ffts(runtime::Network(context, planner, Tuning::kAuto).plan(8)));
  CHECK_FALSE(has_ffts(runtime::Network(context, planner, Tuning::kAuto).plan(16)));
  CHECK_FALSE(has_ffts(runtime::Network(context, planner, Tuning::kNever).plan(8)));
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
