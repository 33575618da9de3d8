// Checks in the calling process, with validation: a device without faults, and one that is lost.
#include "selfcheck/device_check.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "gfnet/error.h"
#include "passes/passes.h"
#include "support/altered_loader.h"
#include "support/context_fixture.h"
#include "support/environment_variable.h"
#include "support/example_graph.h"
#include "support/program_device.h"
#include "support/temporary_directory.h"
#include "tuning/tuned_device.h"

using namespace gfnet;
using gfnet::test::ContextFixture;

namespace {

/// The example network as the device runs it.
graph::Graph network_for(const kernels::DeviceFacts& facts) {
  return test::example_graph({test::default_forms(facts), DType::kF32, facts});
}

selfcheck::CheckJob job_for(const kernels::DeviceFacts& facts) {
  const graph::Graph graph = network_for(facts);
  selfcheck::CheckJob job;
  job.problems = selfcheck::problems_of(graph, 2, facts);
  job.only = selfcheck::names_in(graph, plan::make_plan(graph, 2, facts));
  return job;
}

/// A device that a program has made, with a loader whose calls can fail and a cache folder of its
/// own.
struct AlteredDeviceFixture {
  AlteredDeviceFixture() : adopted(program.adopted()) {
    adopted.get_instance_proc_addr = &test::AlteredLoader::get;
    adopted.cache_directory = cache.path();
  }

  test::TemporaryDirectory cache;
  test::ProgramDevice program;
  test::AlteredLoader loader;
  AdoptedDevice adopted;
};

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "check: every kernel of a plan is right") {
  const selfcheck::CheckJob job = job_for(facts());
  std::size_t begun = 0;
  const auto checked =
      selfcheck::check_here(context(), job, {.on_begin = [&](const CheckedKernel&) { ++begun; }});
  CHECK(begun >= checked.size());
  for (const CheckedKernel& kernel : checked) {
    CAPTURE(kernel.name);
    CAPTURE(kernel.cause);
    CHECK(kernel.result == CheckResult::kRight);
    CHECK(job.only->contains(kernel.name));
    CHECK(kernel.worst <= 1);
    CHECK(kernel.problems > 0);
  }
  for (const char* part : {"resize of bytes", "patches", "linear", "token_mean", "softmax_top_k"}) {
    CAPTURE(part);
    CHECK(std::ranges::any_of(
        checked, [&](const CheckedKernel& kernel) { return kernel.name.starts_with(part); }));
  }
}

TEST_CASE_FIXTURE(ContextFixture, "check: what is switched off does not run") {
  selfcheck::CheckJob job = job_for(facts());
  job.switched_off.insert(job.only->begin(), job.only->end());
  CHECK(selfcheck::check_here(context(), job, {}).empty());
}

TEST_CASE_FIXTURE(ContextFixture,
                  "check: it goes on when no algorithm of a network's filters is left") {
  selfcheck::Numbers numbers(1);
  const graph::Graph network = passes::fold(selfcheck::flat_network(numbers));
  kernels::DeviceFacts left = facts();
  const auto switch_off_algorithms = [&] {
    try {
      const graph::Graph graph =
          passes::expand(kernels::choose_spectral(network, DType::kF32, left, {}), DType::kF32);
      for (const std::string& name : selfcheck::names_in(graph, plan::make_plan(graph, 3, left))) {
        const bool is_algorithm =
            name.starts_with("spectral") || name.starts_with("lines") || name.starts_with("vkfft");
        if (is_algorithm) left.switched_off.insert(name);
      }
      return true;
    } catch (const UnsupportedError&) {
      return false;
    }
  };
  for (int i = 0; switch_off_algorithms(); ++i) REQUIRE(i < 200);
  selfcheck::CheckJob job;
  job.switched_off = left.switched_off;
  job.problems = {{.kind = selfcheck::ProblemSpec::Kind::kNetwork,
                   .numbers = {0, static_cast<std::int64_t>(DType::kF32)}},
                  {.kind = selfcheck::ProblemSpec::Kind::kPreprocessing}};
  const auto checked = selfcheck::check_here(context(), job, {});
  REQUIRE(checked.size() > 1);
  CHECK(checked.front().name == "flat network fp32");
  CHECK(checked.front().result == CheckResult::kRefused);
  CHECK(checked.back().result == CheckResult::kRight);
}

TEST_CASE_FIXTURE(AlteredDeviceFixture,
                  "check: a device that is lost ends the check, and the verdict stays") {
  {
    tuning::TunedDevice device(adopted);
    const selfcheck::CheckJob job = job_for(device.facts());
    loader.wait_result = VK_ERROR_DEVICE_LOST;
    CHECK_THROWS_AS(device.check(job.problems, *job.only), VulkanError);
    loader.wait_result = VK_SUCCESS;
  }
  const tuning::TunedDevice device(adopted);
  const auto off = device.verdicts().switched_off();
  REQUIRE(off.size() == 1);
  CHECK(off == device.facts().switched_off);
  // What repeats it.
  CHECK_FALSE(device.verdicts().find(*off.begin())->sizes.empty());
}

TEST_CASE_FIXTURE(AlteredDeviceFixture, "check: a device that hangs is no crash") {
  program.expect_leaks();
  {
    const auto impatient = [this] {
      const test::EnvironmentVariable patience("GFNET_HANG_SECONDS", "1");
      return tuning::TunedDevice(adopted);
    };
    tuning::TunedDevice device = impatient();
    const selfcheck::CheckJob job = job_for(device.facts());
    loader.wait_result = VK_TIMEOUT;
    int result = VK_SUCCESS;
    try {
      device.check(job.problems, *job.only);
    } catch (const VulkanError& error) {
      result = error.result();
    }
    CHECK(result == VK_TIMEOUT);
    loader.wait_result = VK_SUCCESS;
  }
  const tuning::TunedDevice device(adopted);
  const auto off = device.verdicts().switched_off();
  REQUIRE(off.size() == 1);
  CHECK(device.verdicts().find(*off.begin())->result == CheckResult::kHung);
}

TEST_CASE_FIXTURE(AlteredDeviceFixture,
                  "check: what is not right is known even if the check does not end") {
  struct Stop {};
  {
    tuning::TunedDevice device(adopted);
    const selfcheck::CheckJob job = job_for(device.facts());
    loader.wait_result = VK_ERROR_DEVICE_LOST;
    const selfcheck::CheckEvents stop{.on_end = [](const CheckedKernel&) { throw Stop(); }};
    CHECK_THROWS_AS(device.run(job, stop), Stop);
    loader.wait_result = VK_SUCCESS;
  }
  CHECK(tuning::TunedDevice(adopted).verdicts().switched_off().size() == 1);
  for (const auto& file : std::filesystem::directory_iterator(cache.path())) {
    CHECK_FALSE(file.path().filename().string().starts_with("trying-"));
  }
}

TEST_CASE_FIXTURE(AlteredDeviceFixture, "check: exhausted memory is no verdict") {
  tuning::TunedDevice device(adopted);
  const selfcheck::CheckJob job = job_for(device.facts());
  loader.allocation_result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  CHECK_THROWS_AS(device.check(job.problems, *job.only), VulkanError);
  loader.allocation_result = VK_SUCCESS;
  CHECK(device.verdicts().empty());
  CHECK_FALSE(device.check(job.problems, *job.only));
  CHECK(device.verdicts().switched_off().empty());
  CHECK(device.verdicts().knows(*job.only->begin()));
}
