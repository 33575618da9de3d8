#include "compiler/network.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string>

#include "compiler/planner.h"
#include "plan/memory_need.h"
#include "support/captured_stderr.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/reference_files.h"
#include "support/skip.h"
#include "support/temporary_directory.h"
#include "vulkan/commands/command_recorder.h"

using namespace gfnet;
using gfnet::test::Random;

namespace {

/// A device context with a directory of caches of its own, and networks on it.
struct Fixture {
  Fixture()
      : context(test::wanted_device(), test::wants_validation(), directory.path()),
        instance(context.instance()),
        planner(compiler::fold_model(Model::load(test::reference_file("flat-8x8-32px.pth")), {},
                                  context.facts())) {}
  ~Fixture() {
    for (const std::string& message : instance->validation_messages()) FAIL_CHECK(message);
  }

  compiler::Network network() { return {context, planner, Tuning::kAuto}; }
  std::uint64_t live_bytes() { return context.device().memory().live_bytes; }

  /// The logits of the first `batch` images of `values`.
  std::vector<float> run(compiler::Network& network, std::int64_t batch) {
    return run(context, network, batch);
  }
  std::vector<float> run(tuning::TunedDevice& on, compiler::Network& network, std::int64_t batch) {
    runtime::BatchPipeline& pipeline = network.for_batch(batch);
    const vulkan::Memory memory(on.device(), pipeline.input().bytes(), vulkan::MemoryKind::kUpload);
    const vulkan::Buffer source(on.device(), memory, pipeline.input().bytes());
    REQUIRE(source.bytes() <= values.size() * sizeof(float));
    std::memcpy(source.mapped().data(), values.data(), source.bytes());
    vulkan::CommandRecorder recorder(on.device());
    recorder.copy(source, pipeline.input(), source.bytes());
    const vulkan::Recording fill = recorder.finish();
    on.device().submit(fill).wait();
    for (vulkan::Submission& submission : pipeline.submit()) submission.wait();
    return pipeline.output(0);
  }

  test::TemporaryDirectory directory;
  tuning::TunedDevice context;
  std::shared_ptr<vulkan::Instance> instance;
  compiler::Planner planner;
  /// Eight images.
  std::vector<float> values = Random().normal(8 * 3 * 32 * 32);
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "batch sizes share the weights and the arena") {
  compiler::Network network = this->network();
  const std::vector<float> five = run(network, 5);
  const std::uint64_t weights = network.constants().bytes();
  const std::uint64_t arena = network.for_batch(5).arena_bytes();
  CHECK(weights == network.plan(5).constant_bytes);
  CHECK(live_bytes() == weights + arena + network.for_batch(5).fft_use().scratch_bytes);
  for (const std::int64_t batch : {1, 2, 3}) {
    CAPTURE(batch);
    const std::vector<float> some = run(network, batch);
    CHECK(std::equal(some.begin(), some.end(), five.begin()));
    CHECK(network.constants().bytes() == weights);
    CHECK(live_bytes() == weights + arena);
  }
  CHECK(run(network, 5) == five);
  run(network, 8);
  CHECK(live_bytes() == weights + network.for_batch(8).arena_bytes());
  CHECK(run(network, 5) == five);
  CHECK(live_bytes() == weights + network.for_batch(8).arena_bytes());
}

namespace {

/// MeasuredChoices as a tuner may find them: other kernels at each of `batches`, and for each key
/// the algorithm that is n-th from the end of its candidates, counted from 0.
kernels::MeasuredChoices mixed_choices(const compiler::Planner& planner, std::size_t n,
                                       const std::vector<std::int64_t>& batches) {
  kernels::MeasuredChoices choices;
  for (const plan::Step& step : planner.plan(1, {}).steps) {
    if (!step.choices.algorithm) continue;
    const std::size_t count = step.choices.algorithm->candidates.size();
    choices.algorithms.set(*step.choices.algorithm, count - 1 - std::min(n, count - 1));
  }
  std::size_t turn = 0;
  for (const std::int64_t batch : batches) {
    ++turn;
    for (const plan::Step& step : planner.plan(batch, choices).steps) {
      const auto& kernel = step.choices.kernel;
      if (kernel) choices.kernels.set(*kernel, turn % kernel->candidates.size());
    }
  }
  return choices;
}

/// The names of the chosen kernels.
std::set<std::string> kernels_of(const plan::Plan& plan) {
  std::set<std::string> kernels;
  for (const plan::Step& step : plan.steps) {
    if (step.choices.kernel) kernels.insert(step.choices.kernel->name());
  }
  return kernels;
}

/// Whether a step of the plan can run on more than one kernel.
bool has_kernels_to_choose(const plan::Plan& plan) {
  return std::ranges::any_of(plan.steps, [](const plan::Step& step) {
    return step.choices.kernel && step.choices.kernel->candidates.size() > 1;
  });
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "tuned: an image's bits are the same in every batch, weights stay") {
  const std::vector<std::int64_t> batches{8, 1, 3};
  for (const std::size_t n : {0, 1}) {
    CAPTURE(n);
    const test::TemporaryDirectory fresh;
    tuning::TunedDevice tuned(test::wanted_device(), test::wants_validation(), fresh.path());
    tuned.remember(mixed_choices(planner, n, batches));
    compiler::Network network(tuned, planner, Tuning::kAuto);
    // A device that offers only the minimum may have a single kernel for each step of an algorithm.
    const bool differ =
        has_kernels_to_choose(network.plan(1)) && has_kernels_to_choose(network.plan(8));
    CHECK((differ || tuned.device().info().guaranteed_only));
    CHECK((kernels_of(network.plan(1)) != kernels_of(network.plan(8))) == differ);
    const std::vector<float> eight = run(tuned, network, 8);
    const std::uint64_t weights = network.constants().bytes();
    CHECK(weights == network.plan(8).constant_bytes);
    for (const std::int64_t batch : batches) {
      CAPTURE(batch);
      const std::vector<float> some = run(tuned, network, batch);
      CHECK(some.size() == eight.size() / 8 * static_cast<std::size_t>(batch));
      CHECK(std::equal(some.begin(), some.end(), eight.begin()));
      CHECK(network.constants().bytes() == weights);
      CHECK(network.constants().holds(network.plan(batch)));
    }
    for (const std::string& message : tuned.instance()->validation_messages()) {
      FAIL_CHECK(message);
    }
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "the algorithms of a network's first batch are kept for all later batches") {
  compiler::Network network = this->network();
  const std::vector<float> one = run(network, 1);
  // MeasuredChoices that another network on the device makes meanwhile.
  context.remember(mixed_choices(planner, 0, {8}));
  const std::vector<float> eight = run(network, 8);
  CHECK(std::equal(one.begin(), one.end(), eight.begin()));
  CHECK(network.constants().bytes() == network.plan(8).constant_bytes);
}

TEST_CASE_FIXTURE(Fixture, "tuning leaves no memory on the device and never holds weights twice") {
  if (context.device().info().timestamp_bits == 0) return test::skip("no timestamps");
  values = Random().normal(64 * 3 * 32 * 32);
  compiler::Network network(context, planner, Tuning::kAlways);
  const std::vector<float> one = run(network, 1);
  context.device().forget_memory_peaks();
  // A batch of 64 has other kernel problems than one image, so it is tuned too.
  const runtime::BatchPipeline& pipeline = network.for_batch(64);
  const plan::MemoryNeed need = plan::memory_need(pipeline.plan());
  // The fastest path may be VkFFT's, which has memory of its own.
  CHECK(live_bytes() <= need.planned_bytes() + pipeline.fft_use().scratch_bytes);
  CHECK(context.device().memory().peak_bytes <= need.bound_bytes());
  const std::vector<float> many = run(network, 64);
  CHECK(std::equal(one.begin(), one.end(), many.begin()));
}

TEST_CASE_FIXTURE(Fixture, "requested tuning without timestamps is reported once") {
  // Every driver that the tests run on has timestamps, so this device is told that it has none.
  const_cast<vulkan::DeviceInfo&>(context.device().info()).timestamp_bits = 0;
  compiler::Network network(context, planner, Tuning::kAlways);
  const test::CapturedStderr captured;
  network.for_batch(1);
  network.for_batch(2);
  const std::string text = captured.text();
  const std::size_t at = text.find("no timestamps");
  CHECK(at != std::string::npos);
  CHECK(text.find("no timestamps", at + 1) == std::string::npos);
}
