#include "tuning/tuner.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "gfnet/error.h"
#include "kernels/spectral_kernels.h"
#include "kernels/spectral_layer.h"
#include "support/captured_stderr.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/skip.h"
#include "tuning/small_network.h"

using namespace gfnet;
using gfnet::compiler::Planner;
using gfnet::test::algorithm_choice;
using gfnet::test::ContextFixture;
using gfnet::test::has_ffts;
using gfnet::test::kLayer;
using gfnet::test::Random;
using gfnet::test::small_network;
using gfnet::tuning::MakePlan;
using gfnet::tuning::Measure;
using gfnet::tuning::Measurement;
using gfnet::tuning::Tuner;

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

tuning::PlanBatch plans_of(const Planner& planner) {
  return [&](std::int64_t batch, const kernels::MeasuredChoices& choices) {
    return planner.plan(batch, choices);
  };
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "tuner: picks one of the candidates and measures only once") {
  if (context().device().info().timestamp_bits == 0) return test::skip("no timestamps");
  Random random;
  const Planner planner(product(random), context().facts());
  const graph::Choice choice = planner.plan(1, {}).steps.front().choices.kernel.value();
  REQUIRE(choice.candidates.size() > 1);

  Tuner tuner(context(), plans_of(planner), 1);
  CHECK_FALSE(tuner.knows_kernels(1, {}));
  const kernels::MeasuredChoices found = tuner.tune_kernels(1, {});
  CHECK(found.kernels.find(choice));
  CHECK(tuner.knows_kernels(1, found));
  for (std::size_t i = 0; i < choice.candidates.size(); ++i) {
    kernels::MeasuredChoices known;
    known.kernels.set(choice, i);
    CHECK(tuner.knows_kernels(1, known));
    CHECK(tuner.tune_kernels(1, known).to_text() == known.to_text());
  }
  // A choice that was made among other candidates is measured again.
  graph::Choice long_ago = choice;
  ++long_ago.digest;
  kernels::MeasuredChoices outdated;
  outdated.kernels.set(long_ago, 0);
  CHECK_FALSE(tuner.knows_kernels(1, outdated));
  CHECK(tuner.tune_kernels(1, outdated).kernels.find(choice));
}

namespace {

/// Large enough that no layer is too small to tune.
constexpr std::int64_t kBatch = 32;

MakePlan planning_of(const Planner& planner) {
  return [&](const kernels::MeasuredChoices& choices) { return planner.plan(kBatch, choices); };
}

/// The name of the candidate found for a choice, or "nothing".
std::string found_of(const kernels::ChoiceTable& table, const graph::Choice& choice) {
  const auto found = table.find(choice);
  return found ? choice.candidates[*found] : "nothing";
}

/// A simulated run: `seconds` computes the time of each step from its choices.
Measure timed(std::function<double(const plan::StepChoices& choices)> seconds) {
  return [seconds = std::move(seconds)](const plan::Plan& plan) {
    Measurement run;
    for (const plan::Step& step : plan.steps) {
      const double time = seconds(step.choices);
      if (step.choices.algorithm) run.seconds[step.choices.algorithm->key] += time;
      if (step.choices.kernel) run.seconds[step.choices.kernel->key] += time;
    }
    return run;
  };
}

/// The same with steps whose kernels spill.
Measure timed(std::function<double(const plan::StepChoices& choices)> seconds,
              std::function<bool(const plan::StepChoices& choices)> spills) {
  return [measure = timed(std::move(seconds)), spills = std::move(spills)](const plan::Plan& plan) {
    Measurement run = measure(plan);
    for (const plan::Step& step : plan.steps) {
      if (!spills(step.choices)) continue;
      if (step.choices.algorithm) run.spilling.insert(step.choices.algorithm->key);
      if (step.choices.kernel) run.spilling.insert(step.choices.kernel->key);
    }
    return run;
  };
}

bool goes(const plan::StepChoices& choices, const std::string& algorithm) {
  return choices.algorithm && choices.algorithm->key == kLayer.name() &&
         choices.algorithm->name() == algorithm;
}

/// A simulated run: `algorithm` takes one second a step, other algorithms take two, with any
/// kernel.
Measure fastest_algorithm(const std::string& algorithm) {
  return timed(
      [=](const plan::StepChoices& choices) { return goes(choices, algorithm) ? 1.0 : 2.0; });
}

/// The plan's kernel choices, by key.
std::map<std::string, graph::Choice> kernel_choices(const plan::Plan& plan) {
  std::map<std::string, graph::Choice> choices;
  for (const plan::Step& step : plan.steps) {
    if (step.choices.kernel) choices[step.choices.kernel->key] = *step.choices.kernel;
  }
  return choices;
}

}  // namespace

TEST_CASE("tuner: the fastest algorithm is found and then planned at every batch") {
  const Planner planner = small_network({});
  CHECK_FALSE(has_ffts(planner.plan(kBatch, {})));  // the rule
  const auto algorithms = kernels::spectral_algorithms(kLayer, {});
  REQUIRE(algorithms.size() == 3);
  for (const kernels::SpectralAlgorithm& algorithm : algorithms) {
    CAPTURE(algorithm.name);
    const auto found =
        tuning::select_algorithms(planning_of(planner), fastest_algorithm(algorithm.name), {});
    CHECK(found_of(found.algorithms, algorithm_choice()) == algorithm.name);
    for (const std::int64_t batch : {1, 8, 33}) {
      CHECK(has_ffts(planner.plan(batch, found)) == (algorithm.name == "vkfft"));
    }
    // A known choice is not measured again.
    const auto kept =
        tuning::select_algorithms(planning_of(planner), fastest_algorithm("fused"), found);
    CHECK(found_of(kept.algorithms, algorithm_choice()) == algorithm.name);
  }
}

TEST_CASE("tuner: an algorithm is timed with the fastest of its kernels") {
  const Planner planner = small_network({});
  const auto kernels = kernels::spectral_kernels(kLayer, kBatch, {});
  REQUIRE(kernels.size() > 1);
  for (const kernels::SpectralKernel& fastest : kernels) {
    CAPTURE(fastest.name);
    // The algorithm "fused" is slower than VkFFT with every kernel but one.
    const auto found = tuning::select_algorithms(
        planning_of(planner), timed([&](const plan::StepChoices& choices) {
          if (goes(choices, "vkfft")) return 10.0;
          if (!goes(choices, "fused")) return 99.0;
          const auto& kernel = choices.kernel;
          return kernel && kernel->name() != fastest.name ? 99.0 : 1.0;
        }),
        {});
    CHECK(found_of(found.algorithms, algorithm_choice()) == "fused");
    const graph::Choice among =
        kernels::choose(kernels::kernel_key(algorithm_choice(), kBatch, {}), kernels, {});
    CHECK(found_of(found.kernels, among) == fastest.name);
  }
}

TEST_CASE("tuner: a candidate that spills is taken only if all do") {
  const Planner planner = small_network({});
  const auto by_number = [](const plan::StepChoices& choices) {
    return choices.kernel ? 1.0 + static_cast<double>(choices.kernel->chosen) : 1.0;
  };
  const auto found_with = [&](std::function<bool(const plan::StepChoices&)> spills) {
    return tuning::select_kernels(planning_of(planner), timed(by_number, std::move(spills)), {});
  };
  // The fastest kernel is the first.
  const auto one =
      found_with([](const plan::StepChoices& of) { return of.kernel && of.kernel->chosen == 0; });
  const auto all = found_with([](const plan::StepChoices& of) { return of.kernel.has_value(); });
  std::size_t open = 0;
  for (const auto& [key, choice] : kernel_choices(planner.plan(kBatch, {}))) {
    if (!one.kernels.find(choice)) continue;  // too small to matter
    ++open;
    CHECK(one.kernels.find(choice) == 1);
    CHECK(all.kernels.find(choice) == 0);
  }
  CHECK(open > 1);

  // The fastest algorithm is the fused one, whatever its kernel.
  const auto found = tuning::select_algorithms(
      planning_of(planner),
      timed([](const plan::StepChoices& of) { return goes(of, "fused") ? 1.0 : 2.0; },
            [](const plan::StepChoices& of) { return goes(of, "fused"); }),
      {});
  CHECK(found_of(found.algorithms, algorithm_choice()) != "fused");
}

TEST_CASE("tuner: all problems share their runs and each gets its fastest kernel") {
  const Planner planner = small_network({});
  const auto choices = kernel_choices(planner.plan(kBatch, {}));
  std::size_t most = 0;
  for (const auto& [key, choice] : choices) most = std::max(most, choice.candidates.size());
  REQUIRE(most > 2);
  for (std::size_t n = 0; n < most; ++n) {
    std::size_t runs = 0;
    const Measure by_number = timed([&](const plan::StepChoices& of) {
      return of.kernel && of.kernel->chosen == n % of.kernel->candidates.size() ? 1.0 : 2.0;
    });
    const auto found = tuning::select_kernels(planning_of(planner),
                                              [&](const plan::Plan& plan) {
                                                ++runs;
                                                return by_number(plan);
                                              },
                                              {});
    CHECK(runs == most);
    std::size_t open = 0;
    for (const auto& [key, choice] : choices) {
      const auto best = found.kernels.find(choice);
      if (!best) continue;  // too small to matter
      ++open;
      CHECK(*best == n % choice.candidates.size());
    }
    CHECK(open > 1);
    CHECK(found.algorithms.empty());
  }
}

namespace {

/// The second candidate of the spectral layer's kernels, which stands for a broken one.
std::string bad_kernel() { return kernels::spectral_kernels(kLayer, kBatch, {}).at(1).name; }

bool has_bad_kernel(const plan::Plan& plan) {
  return std::ranges::any_of(plan.steps, [](const plan::Step& step) {
    return step.choices.kernel && step.choices.kernel->name() == bad_kernel();
  });
}

/// Searches kernels in simulated runs where the second candidates are fastest. `fail` changes or
/// breaks every run that has the bad kernel.
kernels::MeasuredChoices second_best(const Planner& planner,
                                     const std::function<void(Measurement&)>& fail) {
  const Measure seconds = timed([](const plan::StepChoices& choices) {
    return choices.kernel && choices.kernel->chosen == 1 ? 1.0 : 2.0;
  });
  return tuning::select_kernels(planning_of(planner),
                                [&](const plan::Plan& plan) {
                                  Measurement run = seconds(plan);
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
  const std::vector<std::function<void(Measurement&)>> failures{
      [](Measurement&) { throw UnsupportedError("the kernel", "a driver"); },
      [](Measurement&) {
        throw VulkanError("vkCreateComputePipelines", -1000012000, "VK_ERROR_…");
      },
      [](Measurement&) {
        throw VulkanError("vkAllocateMemory", kOutOfDeviceMemory, "VK_ERROR_OUT_OF_DEVICE_MEMORY");
      },
      [](Measurement&) {
        throw Error("FFT of 14×14 (VkFFT: VKFFT_ERROR_FAILED_TO_COMPILE_PROGRAM)");
      },
      [](Measurement& run) {
        run.outputs = {1, 2, std::nextafter(3.0f, 4.0f)};
      },
      [](Measurement& run) { run.outputs.clear(); }};
  for (const auto& fail : failures) {
    kernels::MeasuredChoices found;
    std::string said;
    {
      const test::CapturedStderr captured;
      found = second_best(planner, fail);
      said = captured.text();
    }
    CHECK(said.find("rejected " + bad_kernel()) != std::string::npos);
    CHECK(std::ranges::count(said, '\n') == 1);
    std::size_t others = 0;
    for (const auto& [key, choice] : kernel_choices(planner.plan(kBatch, {}))) {
      const auto best = found.kernels.find(choice);
      if (!best) continue;
      const bool is_bad = choice.candidates.size() > 1 && choice.candidates[1] == bad_kernel();
      CHECK((*best == 1) == !is_bad);
      others += !is_bad;
    }
    CHECK(others > 0);
  }
  // A lost device ends the search.
  CHECK_THROWS_AS(second_best(planner,
                              [](Measurement&) {
                                throw VulkanError("vkQueueSubmit", -4, "VK_ERROR_DEVICE_LOST");
                              }),
                  VulkanError);
}

TEST_CASE("tuner: an algorithm that fails or whose results are far from the rule's loses") {
  const Planner planner = small_network({});
  const auto found_with = [&](const std::function<void(Measurement&)>& on_vkfft) {
    const test::CapturedStderr captured;
    const Measure seconds = fastest_algorithm("vkfft");
    const auto found = tuning::select_algorithms(planning_of(planner),
                                                 [&](const plan::Plan& plan) {
                                                   Measurement run = seconds(plan);
                                                   run.outputs = {1, 2, 3};
                                                   if (has_ffts(plan)) on_vkfft(run);
                                                   return run;
                                                 },
                                                 {});
    return found_of(found.algorithms, algorithm_choice());
  };
  CHECK(found_with([](Measurement& run) { run.outputs = {1, 2, 3.00001f}; }) == "vkfft");
  CHECK(found_with([](Measurement& run) { run.outputs = {1, 2, 3.1f}; }) == "fused");
  CHECK(found_with([](Measurement& run) { run.outputs = {1, 2, NAN}; }) == "fused");
  CHECK(found_with([](Measurement&) {
          throw VulkanError("vkAllocateMemory", -2, "VK_ERROR_OUT_OF_DEVICE_MEMORY");
        }) == "fused");
}

TEST_CASE("tuner: the rule's kernels are kept if nothing runs") {
  const Planner planner = small_network({});
  const test::CapturedStderr captured;
  const Measure broken = [](const plan::Plan&) -> Measurement { throw Error("out of order"); };
  CHECK(tuning::select_algorithms(planning_of(planner), broken, {}).empty());
  CHECK(tuning::select_kernels(planning_of(planner), broken, {}).empty());
}

TEST_CASE_FIXTURE(ContextFixture,
                  "tuner: algorithms and kernels are measured in the whole network") {
  if (context().device().info().timestamp_bits == 0) return test::skip("no timestamps");
  const Planner planner = small_network(facts());
  constexpr std::int64_t kFewImages = 4;
  Tuner tuner(context(), plans_of(planner), kFewImages);
  CHECK_FALSE(tuner.knows_algorithms({}));
  const auto found = tuner.tune_algorithms({});
  CHECK(tuner.knows_algorithms(found));
  const std::string best = found_of(found.algorithms, algorithm_choice(facts()));
  CHECK(best != "nothing");
  CHECK(has_ffts(planner.plan(kFewImages, found)) == (best == "vkfft"));
  CHECK(tuner.knows_kernels(kFewImages, found));  // measured together with the algorithms
}
