// Batches that run in slices, while submissions fail and succeed again.
#include "runtime/batches_in_flight.h"

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "gfnet/error.h"
#include "model/build_graph.h"
#include "runtime/slices.h"
#include "support/context_fixture.h"
#include "support/device_calls.h"
#include "support/expanded.h"
#include "support/mapped_buffer.h"
#include "support/random.h"
#include "support/synthetic_checkpoint.h"
#include "vulkan/commands/command_recorder.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;

namespace {

/// A small network, one slice for each step, and two inputs with the outputs of each.
class SlicedFixture : public ContextFixture {
 public:
  SlicedFixture() {
    const auto checkpoint = test::synthetic_checkpoint({}, random_);
    const graph::Graph graph =
        test::expanded(model::build_graph(checkpoint, model::infer_config(checkpoint), 2),
                       {test::default_forms(facts()), DType::kF32, facts()});
    plan::Plan plan = plan::make_plan(graph, 1, facts());
    constants_.upload(plan);
    pipeline_.emplace(context(), std::move(plan), constants_);
    runtime::record_timed_slices(device(), *pipeline_, 0);
    REQUIRE(pipeline_->slices().size() > 3);
    for (std::size_t i = 0; i < 2; ++i) {
      images_.push_back(random_.normal(pipeline_->input().bytes() / sizeof(float)));
      write(i);
      in_flight_.run(*pipeline_, 0);
      outputs_.push_back(in_flight_.take_last().outputs.front());
    }
    REQUIRE(outputs_[0] != outputs_[1]);
  }

  vulkan::Device& device() { return context().device(); }
  runtime::BatchPipeline& pipeline() { return *pipeline_; }
  runtime::BatchesInFlight& in_flight() { return in_flight_; }
  int slices() const { return static_cast<int>(pipeline_->slices().size()); }
  const std::vector<float>& expected(std::size_t index) const { return outputs_[index]; }

  /// Writes input `index` to the pipeline.
  void write(std::size_t index) {
    const test::MappedBuffer<float> source(device(), images_[index]);
    vulkan::CommandRecorder recorder(device());
    recorder.copy(source.buffer(), pipeline_->input(), source.buffer().bytes());
    const vulkan::Recording recording = recorder.finish();
    device().submit(recording).wait();
  }

 private:
  Random random_;
  runtime::ConstantStore constants_{context().device()};
  std::optional<runtime::BatchPipeline> pipeline_;
  runtime::BatchesInFlight in_flight_;
  std::vector<std::vector<float>> images_;
  std::vector<std::vector<float>> outputs_;
};

}  // namespace

TEST_CASE_FIXTURE(SlicedFixture, "batches in flight: a batch whose submission fails is not added") {
  test::DeviceCalls calls(device());
  write(0);
  calls.restart(0);
  CHECK_THROWS_AS(in_flight().run_sliced(pipeline(), 0), VulkanError);
  CHECK(in_flight().empty());
  in_flight().run_sliced(pipeline(), 0);
  CHECK(in_flight().take_first().outputs.front() == expected(0));
  write(1);
  calls.restart(0);
  CHECK_THROWS_AS(in_flight().run(pipeline(), 0), VulkanError);
  CHECK(in_flight().empty());
}

TEST_CASE_FIXTURE(SlicedFixture, "batches in flight: taking continues at a slice that failed") {
  test::DeviceCalls calls(device());
  for (int failing = 1; failing < slices(); ++failing) {
    CAPTURE(failing);
    const std::size_t index = failing % 2;
    write(index);
    calls.restart(failing);
    in_flight().run_sliced(pipeline(), 0);
    CHECK_THROWS_AS(in_flight().take_first(), VulkanError);
    CHECK_FALSE(in_flight().ready());
    REQUIRE(in_flight().size() == 1);
    CHECK(in_flight().take_first().outputs.front() == expected(index));
    CHECK(calls.submissions() == slices() + 1);
  }
}

TEST_CASE_FIXTURE(SlicedFixture, "batches in flight: advancing continues at a slice that failed") {
  test::DeviceCalls calls(device());
  for (int failing = 1; failing < slices(); ++failing) {
    CAPTURE(failing);
    const std::size_t index = failing % 2;
    write(index);
    calls.restart(failing);
    in_flight().run_sliced(pipeline(), 0);
    int failures = 0;
    while (!in_flight().ready()) {
      try {
        in_flight().advance();
      } catch (const VulkanError&) {
        ++failures;
        REQUIRE_FALSE(in_flight().ready());
      }
    }
    CHECK(failures == 1);
    CHECK(in_flight().take_first().outputs.front() == expected(index));
  }
}

TEST_CASE_FIXTURE(SlicedFixture,
                  "batches in flight: the slices left stay if submitting them fails") {
  test::DeviceCalls calls(device());
  for (const std::size_t index : {0, 1}) {
    write(index);
    calls.restart(1);
    in_flight().run_sliced(pipeline(), 0);
    CHECK_THROWS_AS(in_flight().finish_slices(), VulkanError);
    CHECK_FALSE(in_flight().ready());
    in_flight().finish_slices();
    CHECK(in_flight().take_first().outputs.front() == expected(index));
    CHECK(calls.submissions() == slices() + 1);
  }
}

TEST_CASE_FIXTURE(SlicedFixture, "slices that cannot be recorded or measured leave the old ones") {
  const int steps = slices();
  runtime::record_timed_slices(device(), pipeline(), 1e9);
  REQUIRE(slices() == 1);

  const std::size_t ends[] = {1, 2, pipeline().plan().steps.size() + 1};
  CHECK_THROWS_AS(pipeline().record_slices(ends), std::out_of_range);
  CHECK(slices() == 1);
  test::DeviceCalls calls(device());
  for (const int failing : {0, 1, steps, 3 * steps}) {
    CAPTURE(failing);
    calls.restart(failing);
    CHECK_THROWS_AS(runtime::record_timed_slices(device(), pipeline(), 0), VulkanError);
    CHECK(slices() == 1);
  }
  write(1);
  in_flight().run_sliced(pipeline(), 0);
  CHECK(in_flight().take_first().outputs.front() == expected(1));

  calls.restart();
  runtime::record_timed_slices(device(), pipeline(), 0);
  CHECK(slices() == steps);
}
