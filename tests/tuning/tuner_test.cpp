#include "tuning/tuner.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "compiler/network.h"
#include "gfnet/error.h"
#include "kernels/spectral_kernels.h"
#include "kernels/spectral_layer.h"
#include "model/build_graph.h"
#include "support/captured_stderr.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/rounding.h"
#include "support/skip.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::runtime::Planner;
using gfnet::runtime::Planning;
using gfnet::runtime::Running;
using gfnet::runtime::TrialRun;
using gfnet::runtime::Tuner;
using gfnet::test::Architecture;
using gfnet::test::ContextFixture;
using gfnet::test::Random;

namespace {

/// One product: large enough to be measured, small enough to be quick on a software driver.
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

TEST_CASE_FIXTURE(ContextFixture, "tuner: picks one of the candidates and measures only once") {
  if (context().device().info().timestamp_bits == 0) return test::skip("no timestamps");
  Random random;
  const Planner planner(product(random), context().facts());
  const plan::Decision decision = planner.plan(1, {}).steps.front().decisions.kernel.value();
  REQUIRE(decision.candidates.size() > 1);

  Tuner tuner(context(), planner, 1);
  CHECK_FALSE(tuner.knows_kernels(1, {}));
  const plan::Choices found = tuner.tune_kernels(1, {});
  CHECK(found.kernels.find(decision));
  CHECK(tuner.knows_kernels(1, found));
  for (std::size_t i = 0; i < decision.candidates.size(); ++i) {
    plan::Choices known;
    known.kernels.set(decision, i);
    CHECK(tuner.knows_kernels(1, known));
    CHECK(tuner.tune_kernels(1, known).to_text() == known.to_text());
  }
  // A choice that was made among other candidates is measured again.
  plan::Decision long_ago = decision;
  ++long_ago.digest;
  plan::Choices outdated;
  outdated.kernels.set(long_ago, 0);
  CHECK_FALSE(tuner.knows_kernels(1, outdated));
  CHECK(tuner.tune_kernels(1, outdated).kernels.find(decision));
}

namespace {

graph::Graph small_graph() {
  Random random;
  Architecture architecture;  // one 14×14 grid
  architecture.grid_height = architecture.grid_width = 14;
  architecture.stages = {{2, 64, 2, 64}};
  const auto checkpoint = test::synthetic_checkpoint(architecture, random);
  return passes::fold(model::build_graph(checkpoint, model::infer_config(checkpoint), 1));
}

Planner small_network(const plan::DeviceFacts& facts) { return {small_graph(), facts}; }

/// Large enough that no layer is too small to tune.
constexpr std::int64_t kBatch = 32;
const plan::SpectralLayer kLayer{{14, 14}, 64};

Planning planning_of(const Planner& planner) {
  return [&](const plan::Choices& choices) { return planner.plan(kBatch, choices); };
}

plan::Decision way_decision(const plan::DeviceFacts& facts = {}) {
  return plan::decide(kLayer.name(), plan::spectral_ways(kLayer, facts), {});
}

/// The name of the candidate found for a decision, or "nothing".
std::string found_of(const plan::ChoiceTable& table, const plan::Decision& decision) {
  const auto found = table.find(decision);
  return found ? decision.candidates[*found] : "nothing";
}

/// A simulated run: `seconds` computes the time of each step from its decisions.
Running timed(std::function<double(const plan::Decisions& decisions)> seconds) {
  return [seconds = std::move(seconds)](const plan::Plan& plan) {
    TrialRun run;
    for (const plan::Step& step : plan.steps) {
      const double time = seconds(step.decisions);
      if (step.decisions.way) run.seconds[step.decisions.way->problem] += time;
      if (step.decisions.kernel) run.seconds[step.decisions.kernel->problem] += time;
    }
    return run;
  };
}

bool goes(const plan::Decisions& decisions, const std::string& way) {
  return decisions.way && decisions.way->problem == kLayer.name() && decisions.way->choice() == way;
}

/// A simulated run: `way` takes one second a step, other ways take two, with any kernel.
Running fastest_way(const std::string& way) {
  return timed([=](const plan::Decisions& decisions) { return goes(decisions, way) ? 1.0 : 2.0; });
}

/// The plan's kernel decisions, by problem.
std::map<std::string, plan::Decision> kernel_decisions(const plan::Plan& plan) {
  std::map<std::string, plan::Decision> decisions;
  for (const plan::Step& step : plan.steps) {
    if (step.decisions.kernel) decisions[step.decisions.kernel->problem] = *step.decisions.kernel;
  }
  return decisions;
}

bool has_ffts(const plan::Plan& plan) {
  return std::ranges::any_of(plan.steps, [](const plan::Step& step) {
    return std::holds_alternative<plan::FftStep>(step.work);
  });
}

}  // namespace

TEST_CASE("tuner: the fastest way is found and then planned at every batch") {
  const Planner planner = small_network({});
  CHECK_FALSE(has_ffts(planner.plan(kBatch, {})));  // the rule
  const auto ways = plan::spectral_ways(kLayer, {});
  REQUIRE(ways.size() == 3);
  for (const plan::SpectralWay& way : ways) {
    CAPTURE(way.name);
    const auto found = runtime::find_ways(planning_of(planner), fastest_way(way.name), {});
    CHECK(found_of(found.ways, way_decision()) == way.name);
    for (const std::int64_t batch : {1, 8, 33}) {
      CHECK(has_ffts(planner.plan(batch, found)) == (way.name == "vkfft"));
    }
    // A known choice is not measured again.
    const auto kept = runtime::find_ways(planning_of(planner), fastest_way("fused"), found);
    CHECK(found_of(kept.ways, way_decision()) == way.name);
  }
}

TEST_CASE("tuner: a way is timed with the fastest of its kernels") {
  const Planner planner = small_network({});
  const auto kernels = plan::spectral_kernels(kLayer, kBatch, {});
  REQUIRE(kernels.size() > 1);
  for (const plan::SpectralKernel& fastest : kernels) {
    CAPTURE(fastest.name);
    // The way "fused" is slower than VkFFT with every kernel but one.
    const auto found =
        runtime::find_ways(planning_of(planner), timed([&](const plan::Decisions& decisions) {
                             if (goes(decisions, "vkfft")) return 10.0;
                             if (!goes(decisions, "fused")) return 99.0;
                             const auto& kernel = decisions.kernel;
                             return kernel && kernel->choice() != fastest.name ? 99.0 : 1.0;
                           }),
                           {});
    CHECK(found_of(found.ways, way_decision()) == "fused");
    const plan::Decision among = plan::decide(
        plan::kernel_problem(kLayer, plan::spectral_ways(kLayer, {}).front(), kBatch, {}), kernels,
        {});
    CHECK(found_of(found.kernels, among) == fastest.name);
  }
}

TEST_CASE("tuner: all problems share their runs and each gets its fastest kernel") {
  const Planner planner = small_network({});
  const auto decisions = kernel_decisions(planner.plan(kBatch, {}));
  std::size_t most = 0;
  for (const auto& [problem, decision] : decisions)
    most = std::max(most, decision.candidates.size());
  REQUIRE(most > 2);
  for (std::size_t n = 0; n < most; ++n) {
    std::size_t runs = 0;
    const Running by_number = timed([&](const plan::Decisions& of) {
      return of.kernel && of.kernel->chosen == n % of.kernel->candidates.size() ? 1.0 : 2.0;
    });
    const auto found = runtime::find_kernels(planning_of(planner),
                                             [&](const plan::Plan& plan) {
                                               ++runs;
                                               return by_number(plan);
                                             },
                                             {});
    CHECK(runs == most);
    std::size_t contests = 0;
    for (const auto& [problem, decision] : decisions) {
      const auto best = found.kernels.find(decision);
      if (!best) continue;  // too small to matter
      ++contests;
      CHECK(*best == n % decision.candidates.size());
    }
    CHECK(contests > 1);
    CHECK(found.ways.empty());
  }
}

namespace {

/// The second candidate of the spectral layer's kernels, which stands for a broken one.
std::string bad_kernel() { return plan::spectral_kernels(kLayer, kBatch, {}).at(1).name; }

bool has_bad_kernel(const plan::Plan& plan) {
  return std::ranges::any_of(plan.steps, [](const plan::Step& step) {
    return step.decisions.kernel && step.decisions.kernel->choice() == bad_kernel();
  });
}

/// Searches kernels in simulated runs where the second candidates are fastest. `fail` changes or
/// breaks every run that has the bad kernel.
plan::Choices second_best(const Planner& planner, const std::function<void(TrialRun&)>& fail) {
  const Running seconds = timed([](const plan::Decisions& decisions) {
    return decisions.kernel && decisions.kernel->chosen == 1 ? 1.0 : 2.0;
  });
  return runtime::find_kernels(planning_of(planner),
                               [&](const plan::Plan& plan) {
                                 TrialRun run = seconds(plan);
                                 run.outputs = {1, 2, 3};
                                 if (has_bad_kernel(plan)) fail(run);
                                 return run;
                               },
                               {});
}

}  // namespace

TEST_CASE("tuner: a candidate that fails or gives other bits loses and others do not") {
  const Planner planner = small_network({});
  constexpr int kOutOfDeviceMemory = -2;
  const std::vector<std::function<void(TrialRun&)>> failures{
      [](TrialRun&) { throw UnsupportedError("the kernel", "a driver"); },
      [](TrialRun&) { throw VulkanError("vkCreateComputePipelines", -1000012000, "VK_ERROR_…"); },
      [](TrialRun&) {
        throw VulkanError("vkAllocateMemory", kOutOfDeviceMemory, "VK_ERROR_OUT_OF_DEVICE_MEMORY");
      },
      [](TrialRun&) { throw Error("FFT of 14×14 (VkFFT: VKFFT_ERROR_FAILED_TO_COMPILE_PROGRAM)"); },
      [](TrialRun& run) {
        run.outputs = {1, 2, std::nextafter(3.0f, 4.0f)};
      },
      [](TrialRun& run) { run.outputs.clear(); }};
  for (const auto& fail : failures) {
    plan::Choices found;
    std::string said;
    {
      const test::CapturedStderr captured;
      found = second_best(planner, fail);
      said = captured.text();
    }
    CHECK(said.find("rejected " + bad_kernel()) != std::string::npos);
    CHECK(std::ranges::count(said, '\n') == 1);
    std::size_t others = 0;
    for (const auto& [problem, decision] : kernel_decisions(planner.plan(kBatch, {}))) {
      const auto best = found.kernels.find(decision);
      if (!best) continue;
      const bool is_bad = decision.candidates.size() > 1 && decision.candidates[1] == bad_kernel();
      CHECK((*best == 1) == !is_bad);
      others += !is_bad;
    }
    CHECK(others > 0);
  }
  // A lost device ends the search.
  CHECK_THROWS_AS(second_best(planner,
                              [](TrialRun&) {
                                throw VulkanError("vkQueueSubmit", -4, "VK_ERROR_DEVICE_LOST");
                              }),
                  VulkanError);
}

TEST_CASE("tuner: a way that fails or whose results are far from the rule's loses") {
  const Planner planner = small_network({});
  const auto found_with = [&](const std::function<void(TrialRun&)>& on_vkfft) {
    const test::CapturedStderr captured;
    const Running seconds = fastest_way("vkfft");
    const auto found = runtime::find_ways(planning_of(planner),
                                          [&](const plan::Plan& plan) {
                                            TrialRun run = seconds(plan);
                                            run.outputs = {1, 2, 3};
                                            if (has_ffts(plan)) on_vkfft(run);
                                            return run;
                                          },
                                          {});
    return found_of(found.ways, way_decision());
  };
  CHECK(found_with([](TrialRun& run) { run.outputs = {1, 2, 3.00001f}; }) == "vkfft");
  CHECK(found_with([](TrialRun& run) { run.outputs = {1, 2, 3.1f}; }) == "fused");
  CHECK(found_with([](TrialRun& run) { run.outputs = {1, 2, NAN}; }) == "fused");
  CHECK(found_with([](TrialRun&) {
          throw VulkanError("vkAllocateMemory", -2, "VK_ERROR_OUT_OF_DEVICE_MEMORY");
        }) == "fused");
}

TEST_CASE("tuner: the rule's kernels are kept if nothing runs") {
  const Planner planner = small_network({});
  const test::CapturedStderr captured;
  const Running broken = [](const plan::Plan&) -> TrialRun { throw Error("out of order"); };
  CHECK(runtime::find_ways(planning_of(planner), broken, {}).empty());
  CHECK(runtime::find_kernels(planning_of(planner), broken, {}).empty());
}

TEST_CASE_FIXTURE(ContextFixture, "tuner: ways and kernels are measured in the whole network") {
  if (context().device().info().timestamp_bits == 0) return test::skip("no timestamps");
  const Planner planner = small_network(facts());
  constexpr std::int64_t kFewImages = 4;
  Tuner tuner(context(), planner, kFewImages);
  CHECK_FALSE(tuner.knows_ways({}));
  const auto found = tuner.tune_ways({});
  CHECK(tuner.knows_ways(found));
  const std::string best = found_of(found.ways, way_decision(facts()));
  CHECK(best != "nothing");
  CHECK(has_ffts(planner.plan(kFewImages, found)) == (best == "vkfft"));
  CHECK(tuner.knows_kernels(kFewImages, found));  // measured together with the ways
}

TEST_CASE("planner: plans on one path share all weights, on two paths all but the filters'") {
  const Planner planner = small_network({});
  plan::Choices vkfft;
  vkfft.ways.set(way_decision(), way_decision().candidates.size() - 1);
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

TEST_CASE_FIXTURE(ContextFixture, "planner: all ways give the same results up to rounding") {
  const Planner planner = small_network(facts());
  const std::int64_t batch = 3;
  Random random;
  CAPTURE(random.seed());
  const auto input = random.normal(batch * 3 * 28 * 28);
  const plan::Decision ways = way_decision(facts());
  std::vector<std::vector<float>> results;
  for (std::size_t i = 0; i < ways.candidates.size(); ++i) {
    CAPTURE(ways.candidates[i]);
    plan::Choices choices;
    choices.ways.set(ways, i);
    const plan::Plan plan = planner.plan(batch, choices);
    CHECK(has_ffts(plan) == (ways.candidates[i] == "vkfft"));
    results.push_back(run(plan, std::as_bytes(std::span(input))).front());
    // Each way differs from the exact result by up to float_rounding().
    const double bound = 2 * test::float_rounding(passes::optimize(small_graph()));
    CHECK(test::relative_error(results.back(), test::widen(results.front())) <= bound);
  }
  CHECK(results.size() >= 2);
}

TEST_CASE("network: a stored path is used unless tuning is off") {
  const TemporaryDirectory directory;
  const auto open = [&] {
    return runtime::TunedDevice(test::wanted_device(), test::wants_validation(), directory.path);
  };
  {
    runtime::TunedDevice context = open();
    const plan::Decision ways = way_decision(context.facts());
    plan::Choices choices;
    choices.ways.set(ways, ways.candidates.size() - 1);
    REQUIRE(ways.candidates.back() == "vkfft");
    context.remember(choices);
  }
  runtime::TunedDevice context = open();
  const Planner planner = small_network(context.facts());
  CHECK(has_ffts(runtime::Network(context, planner, Tuning::kAuto).plan(8)));
  CHECK(has_ffts(runtime::Network(context, planner, Tuning::kAuto).plan(16)));
  CHECK_FALSE(has_ffts(runtime::Network(context, planner, Tuning::kNever).plan(8)));
}

TEST_CASE_FIXTURE(ContextFixture, "choices: remembered only for this device and driver") {
  const TemporaryDirectory directory;
  const vulkan::DeviceInfo& device = context().device().info();
  const plan::Decision decision{"problem", {"candidate", "another"}, 0, 1};
  const plan::Decision second{"second", {"candidate", "another"}, 0, 1};
  plan::Choices choices;
  choices.ways.set(decision, 0);
  runtime::ChoiceStore(device, directory.path).remember(choices);
  CHECK(runtime::ChoiceStore(device, directory.path).choices().to_text() == choices.to_text());

  // Of two processes that both choose, the later one adopts the first one's choice.
  runtime::ChoiceStore late(device, directory.path), later(device, directory.path);
  plan::Choices of_late, of_later;
  of_late.ways.set(second, 1);
  late.remember(of_late);
  of_later.ways.set(second, 0);
  of_later.kernels.set(second, 0);
  later.remember(of_later);
  CHECK(later.choices().ways.find(second) == 1u);
  const plan::Choices kept = runtime::ChoiceStore(device, directory.path).choices();
  CHECK(kept.ways.find(decision) == 0u);
  CHECK(kept.ways.find(second) == 1u);
  CHECK(kept.kernels.find(second) == 0u);

  vulkan::DeviceInfo other = device;
  ++other.driver_version_number;
  CHECK(runtime::ChoiceStore(other, directory.path).choices().empty());

  for (const auto& entry : std::filesystem::directory_iterator(directory.path)) {
    std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) - 1);
  }
  CHECK(runtime::ChoiceStore(device, directory.path).choices().empty());
}
