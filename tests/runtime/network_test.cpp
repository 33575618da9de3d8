#include "runtime/network.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "plan/memory_need.h"
#include "runtime/compile.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/shared_files.h"
#include "support/temporary_directory.h"
#include "vulkan/command_recorder.h"

using namespace gfnet;
using gfnet::test::Random;

namespace {

/// A context whose choices are its own, and a network on it that goes by them.
struct Fixture {
  Fixture()
      : context(test::wanted_device(), test::wants_validation(), directory.path()),
        instance(context.instance()),
        planner(runtime::compile(Model::load(test::reference_file("flat-8x8-32px.pth")), {},
                                 context.facts())) {}
  ~Fixture() {
    for (const std::string& message : instance->validation_messages()) FAIL_CHECK(message);
  }

  runtime::Network network() { return {context, planner, Tuning::kAuto}; }
  std::uint64_t live_bytes() { return context.device().memory().live_bytes; }

  /// The logits of the first images of `values`.
  std::vector<float> run(runtime::Network& network, std::int64_t batch) {
    runtime::BatchPipeline& pipeline = network.for_batch(batch);
    const vulkan::Memory memory(context.device(), pipeline.input().bytes(),
                                vulkan::MemoryKind::kUpload);
    const vulkan::Buffer source(context.device(), memory, pipeline.input().bytes());
    REQUIRE(source.bytes() <= values.size() * sizeof(float));
    std::memcpy(source.mapped().data(), values.data(), source.bytes());
    vulkan::CommandRecorder recorder(context.device());
    recorder.copy(source, pipeline.input(), source.bytes());
    const vulkan::Recording fill = recorder.finish();
    context.device().submit(fill).wait();
    context.device().submit(pipeline.commands()).wait();
    return pipeline.output(0);
  }

  test::TemporaryDirectory directory;
  runtime::DeviceContext context;
  std::shared_ptr<vulkan::Instance> instance;
  runtime::Planner planner;
  /// Eight images.
  std::vector<float> values = Random().normal(8 * 3 * 32 * 32);
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "batch sizes share the weights and the arena") {
  runtime::Network network = this->network();
  const std::vector<float> five = run(network, 5);
  const std::uint64_t weights = network.constants().bytes();
  const std::uint64_t arena = network.for_batch(5).arena_bytes();
  CHECK(weights == network.plan(5).constant_bytes);
  CHECK(live_bytes() == weights + arena + network.for_batch(5).fft_use().scratch_bytes);
  for (const std::int64_t batch : {1, 2, 3}) {
    CAPTURE(batch);
    const std::vector<float> some = run(network, batch);
    // Other batch sizes may take other kernels, which round in another order.
    CHECK(some[0] == doctest::Approx(five[0]).epsilon(1e-4));
    CHECK(network.constants().bytes() == weights);
    CHECK(live_bytes() == weights + arena);
  }
  CHECK(run(network, 5) == five);
  run(network, 8);
  CHECK(live_bytes() == weights + network.for_batch(8).arena_bytes());
  CHECK(run(network, 5) == five);
  CHECK(live_bytes() == weights + network.for_batch(8).arena_bytes());
}

TEST_CASE_FIXTURE(Fixture, "weights in another packing replace the ones before") {
  // Batch 3 takes the last candidate for every product, whose weights are packed in another way
  // than the first one's if the device has kernels of both sorts.
  plan::Choices choices;
  runtime::Network network = this->network();
  for (const plan::Step& step : network.plan(3).steps) {
    if (step.decision) choices.set(step.decision->problem, step.decision->candidates.back());
  }
  const std::vector<float> by_rule = run(network, 3);
  context.remember(choices);
  runtime::Network chosen = this->network();
  context.device().forget_memory_peaks();
  const std::uint64_t before = live_bytes();
  std::uint64_t most = 0;
  for (const std::int64_t batch : {8, 3, 8, 3}) {
    const std::vector<float> logits = run(chosen, batch);
    if (batch == 3) {
      for (std::size_t i = 0; i < logits.size(); ++i) {
        CHECK(logits[i] == doctest::Approx(by_rule[i]).epsilon(1e-3));
      }
    }
    const plan::Plan plan = chosen.plan(batch);
    CHECK(chosen.constants().bytes() == plan.constant_bytes);
    most = std::max(most, plan::memory_need(plan).bound_bytes());
  }
  CHECK(context.device().memory().peak_bytes - before <= most);
}

TEST_CASE_FIXTURE(Fixture, "tuning leaves nothing on the device, nor holds weights twice") {
  runtime::Network network(context, planner, Tuning::kAlways);
  network.for_batch(1);
  context.device().forget_memory_peaks();
  // So many rows are other problems than one image's.
  const runtime::BatchPipeline& pipeline = network.for_batch(64);
  const plan::MemoryNeed need = plan::memory_need(pipeline.plan());
  // The path that was found fastest may be VkFFT's, which has memory of its own.
  CHECK(live_bytes() <= need.planned_bytes() + pipeline.fft_use().scratch_bytes);
  CHECK(context.device().memory().peak_bytes <= need.bound_bytes());
}
