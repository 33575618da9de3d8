#include "support/context_fixture.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <string_view>

#include "reference/interpreter.h"
#include "runtime/batch_pipeline.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet::test {
namespace {

/// Converts the dense values of a batch to the device's layout, which pads token rows to whole
/// vectors.
std::vector<std::byte> stored(const graph::Value& value, std::int64_t batch,
                              const std::vector<float>& dense) {
  const auto elements = static_cast<std::int64_t>(dense.size());
  kernels::Packing packing{1, elements, 1, elements, 0, value.dtype};
  if (value.layout == graph::Layout::kTokens) {
    packing.rows = packing.padded_rows = batch * value.shape[0];
    packing.columns = value.shape[1];
    packing.padded_columns = kernels::round_up(value.shape[1], kernels::kVector);
  }
  return kernels::pack(dense, packing);
}

void upload(vulkan::Device& device, std::span<const std::byte> values,
            const vulkan::Buffer& target) {
  const std::uint64_t bytes = values.size();
  REQUIRE(bytes == target.bytes());
  const vulkan::Memory memory(device, bytes, vulkan::MemoryKind::kUpload);
  const vulkan::Buffer source(device, memory, bytes);
  std::memcpy(source.mapped().data(), values.data(), bytes);
  vulkan::CommandRecorder recorder(device);
  recorder.copy(source, target, bytes);
  const vulkan::Recording recording = recorder.finish();
  device.submit(recording).wait();
}

}  // namespace

std::vector<double> interpret_batch(const graph::Graph& graph, std::int64_t batch,
                                    const std::vector<float>& input) {
  std::vector<double> all;
  const std::vector<double> wide(input.begin(), input.end());
  const std::size_t size = wide.size() / static_cast<std::size_t>(batch);
  for (std::size_t at = 0; at < wide.size(); at += size) {
    const auto one = reference::interpret(graph, std::span(wide).subspan(at, size)).front();
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

bool wants_validation() {
  const char* setting = std::getenv("GFNET_VALIDATION");
  return setting == nullptr || std::string_view(setting) != "0";
}

std::string wanted_device() {
  const char* name = std::getenv("GFNET_DEVICE");
  return name == nullptr ? "" : name;
}

ContextFixture::ContextFixture()
    : context_(std::make_unique<tuning::TunedDevice>(wanted_device(), wants_validation(), "")),
      facts_(context_->facts()) {}

ContextFixture::~ContextFixture() {
  const auto instance = context_->instance();
  context_.reset();  // validation messages of its destruction count too
  for (const std::string& message : instance->validation_messages()) {
    FAIL_CHECK(message);
  }
}

void ContextFixture::use_gpu_kernels() {
  facts_.software = false;
  facts_.max_shared_memory = 12u << 10;
}

std::vector<std::vector<float>> ContextFixture::run(const graph::Graph& graph, std::int64_t batch,
                                                    const std::vector<float>& input,
                                                    const kernels::MeasuredChoices& choices) {
  return run(plan::make_plan(graph, batch, facts_, choices),
             stored(graph.value(graph.inputs().front()), batch, input));
}

std::vector<std::vector<float>> ContextFixture::run(plan::Plan plan,
                                                    std::span<const std::byte> input) {
  runtime::ConstantStore constants(context_->device());
  constants.upload(plan);
  const runtime::BatchPipeline pipeline(*context_, std::move(plan), constants);
  upload(context_->device(), input, pipeline.input());
  context_->device().submit(pipeline.commands()).wait();
  std::vector<std::vector<float>> outputs;
  for (std::size_t i = 0; i < pipeline.plan().outputs.size(); ++i) {
    outputs.push_back(pipeline.output(i));
  }
  return outputs;
}

}  // namespace gfnet::test
