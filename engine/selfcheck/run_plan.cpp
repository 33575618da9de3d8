#include "selfcheck/run_plan.h"

#include <fmt/format.h>

#include <cstring>
#include <span>

#include "gfnet/error.h"
#include "runtime/batch_pipeline.h"
#include "runtime/constant_store.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet::selfcheck {

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

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

std::vector<Outputs> run_plan(runtime::DeviceContext& context, plan::Plan plan,
                              std::span<const std::byte> input, int times) {
  vulkan::Device& device = context.device();
  runtime::ConstantStore constants(device);
  constants.upload(plan);
  const runtime::BatchPipeline pipeline(context, std::move(plan), constants);
  if (input.size() != pipeline.input().bytes()) {
    throw ArgumentError(fmt::format("the plan's input has {} bytes, not {}",
                                    pipeline.input().bytes(), input.size()));
  }
  const vulkan::Memory memory(device, input.size(), vulkan::MemoryKind::kUpload);
  const vulkan::Buffer source(device, memory, input.size());
  std::memcpy(source.mapped().data(), input.data(), input.size());
  vulkan::CommandRecorder recorder(device);
  recorder.copy(source, pipeline.input(), input.size());
  const vulkan::Recording upload = recorder.finish();
  std::vector<Outputs> runs;
  for (int run = 0; run < times; ++run) {
    device.submit(upload).wait();
    for (vulkan::Submission& submission : pipeline.submit()) submission.wait();
    runs.push_back(pipeline.outputs().outputs);
  }
  return runs;
}

}  // namespace gfnet::selfcheck
