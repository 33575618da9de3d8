// The planner on each algorithm of a spectral layer, and choices that a device remembers.
#include "compiler/planner.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "compiler/network.h"
#include "gfnet/log.h"
#include "passes/passes.h"
#include "runtime/device_context.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/expanded.h"
#include "support/random.h"
#include "support/rounding.h"
#include "tuning/choice_store.h"
#include "tuning/small_network.h"

using namespace gfnet;
using gfnet::compiler::Planner;
using gfnet::test::algorithm_choice;
using gfnet::test::ContextFixture;
using gfnet::test::has_ffts;
using gfnet::test::Random;
using gfnet::test::small_graph;
using gfnet::test::small_network;

namespace {

struct TemporaryDirectory {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("gfnet-tuner-" + std::to_string(Random().seed()));
  TemporaryDirectory() { std::filesystem::create_directories(path); }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("planner: plans on one path share all weights, on two paths all but the filters'") {
  const Planner planner = small_network({});
  kernels::MeasuredChoices vkfft;
  vkfft.algorithms.set(algorithm_choice(), algorithm_choice().candidates.size() - 1);
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

TEST_CASE_FIXTURE(ContextFixture, "planner: all algorithms give the same results up to rounding") {
  const Planner planner = small_network(facts());
  const std::int64_t batch = 3;
  Random random;
  CAPTURE(random.seed());
  const auto input = random.normal(batch * 3 * 28 * 28);
  const graph::Choice algorithms = algorithm_choice(facts());
  std::vector<std::vector<float>> results;
  for (std::size_t i = 0; i < algorithms.candidates.size(); ++i) {
    CAPTURE(algorithms.candidates[i]);
    kernels::MeasuredChoices choices;
    choices.algorithms.set(algorithms, i);
    const plan::Plan plan = planner.plan(batch, choices);
    CHECK(has_ffts(plan) == (algorithms.candidates[i] == "vkfft"));
    results.push_back(run(plan, std::as_bytes(std::span(input))).front());
    // Each algorithm differs from the exact result by up to selfcheck::network_bound().
    const double bound = 2 * selfcheck::network_bound(test::expanded(small_graph()));
    CHECK(test::relative_error(results.back(), test::widen(results.front())) <= bound);
  }
  CHECK(results.size() >= 2);
}

TEST_CASE("network: a stored path is used unless tuning is off") {
  const TemporaryDirectory directory;
  const auto open = [&] {
    return tuning::TunedDevice(test::wanted_device(), test::wants_validation(), directory.path);
  };
  {
    tuning::TunedDevice context = open();
    const graph::Choice algorithms = algorithm_choice(context.facts());
    kernels::MeasuredChoices choices;
    choices.algorithms.set(algorithms, algorithms.candidates.size() - 1);
    REQUIRE(algorithms.candidates.back() == "vkfft");
    context.remember(choices);
  }
  tuning::TunedDevice context = open();
  const Planner planner = small_network(context.facts());
  CHECK(has_ffts(compiler::Network(context, planner, Tuning::kAuto).plan(8)));
  CHECK(has_ffts(compiler::Network(context, planner, Tuning::kAuto).plan(16)));
  CHECK_FALSE(has_ffts(compiler::Network(context, planner, Tuning::kNever).plan(8)));
}

TEST_CASE_FIXTURE(ContextFixture, "choices: remembered only for this device and driver") {
  const TemporaryDirectory directory;
  const vulkan::DeviceInfo& device = context().device().info();
  const graph::Choice choice{"problem", {"candidate", "another"}, 0, 1};
  const graph::Choice second{"second", {"candidate", "another"}, 0, 1};
  kernels::MeasuredChoices choices;
  choices.algorithms.set(choice, 0);
  tuning::ChoiceStore(device, directory.path).remember(choices);
  CHECK(tuning::ChoiceStore(device, directory.path).choices().to_text() == choices.to_text());

  // Of two processes that both choose, the later one adopts the first one's choice.
  tuning::ChoiceStore late(device, directory.path), later(device, directory.path);
  kernels::MeasuredChoices of_late, of_later;
  of_late.algorithms.set(second, 1);
  late.remember(of_late);
  of_later.algorithms.set(second, 0);
  of_later.kernels.set(second, 0);
  later.remember(of_later);
  CHECK(later.choices().algorithms.find(second) == 1u);
  const kernels::MeasuredChoices kept = tuning::ChoiceStore(device, directory.path).choices();
  CHECK(kept.algorithms.find(choice) == 0u);
  CHECK(kept.algorithms.find(second) == 1u);
  CHECK(kept.kernels.find(second) == 0u);

  vulkan::DeviceInfo other = device;
  ++other.driver_version_number;
  CHECK(tuning::ChoiceStore(other, directory.path).choices().empty());

  for (const auto& entry : std::filesystem::directory_iterator(directory.path)) {
    std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) - 1);
  }
  CHECK(tuning::ChoiceStore(device, directory.path).choices().empty());
}

TEST_CASE_FIXTURE(ContextFixture, "choices: a folder that cannot be looked into keeps none") {
  const vulkan::DeviceInfo& device = context().device().info();
  const TemporaryDirectory directory;
  // Asking whether a file exists below a name of this length is an error, not a "no".
  const std::filesystem::path impossible = directory.path / std::string(300, 'x');
  std::error_code error;
  REQUIRE(!std::filesystem::exists(impossible / "file", error));
  REQUIRE(error);
  tuning::ChoiceStore store(device, impossible);
  CHECK(store.choices().empty());
  const graph::Choice choice{"problem", {"candidate", "another"}, 0, 1};
  kernels::MeasuredChoices choices;
  choices.algorithms.set(choice, 1);
  std::vector<std::string> lines;
  set_log_sink([&lines](LogLevel, std::string_view line) { lines.emplace_back(line); });
  store.remember(choices);
  set_log_sink(nullptr);
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().find("cannot be written") != std::string::npos);
  CHECK(store.choices().algorithms.find(choice) == 1u);
}
