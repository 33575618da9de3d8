#include "runtime/batch_pipeline.h"

#include <algorithm>
#include <cstring>

#include "base/half.h"
#include "runtime/slices.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet::runtime {
BatchPipeline::BatchPipeline(DeviceContext& context, plan::Plan plan,
                             const ConstantStore& constants, Options options)
    : context_(context),
      plan_(std::move(plan)),
      arena_(options.arena ? std::move(options.arena)
                           : std::make_shared<vulkan::Memory>(context.device(), plan_.arena_bytes,
                                                              vulkan::MemoryKind::kDeviceLocal)) {
  context_.compile_pipelines(plan_, options.statistics);
  make_buffers(constants);
  make_readback();
  const std::vector<std::size_t> ends = short_slices(plan_, context.facts());
  if (options.timestamps) {
    record_timestamped(ends);
  } else {
    slices_ = record_slices(ends);
  }
  context_.save_pipelines();
}

void BatchPipeline::make_buffers(const ConstantStore& constants) {
  for (const plan::Resource& resource : plan_.resources) {
    if (resource.kind == plan::Resource::Kind::kConstant) {
      resource_buffers_.push_back(&constants.buffer(resource));
      continue;
    }
    resource_buffers_.push_back(&arena_buffer(resource.offset, resource.bytes));
  }
}

const vulkan::Buffer& BatchPipeline::arena_buffer(std::uint64_t offset, std::uint64_t bytes) {
  const auto range = std::pair(offset, bytes);
  auto found = arena_buffers_.find(range);
  if (found == arena_buffers_.end()) {
    found = arena_buffers_.emplace(range, vulkan::Buffer(context_.device(), *arena_, offset, bytes))
                .first;
  }
  return found->second;
}

const vulkan::Buffer& BatchPipeline::buffer(const plan::Operand& operand) {
  if (!operand.range) return buffer(operand.resource);
  return arena_buffer(plan_.resources[operand.resource].offset + operand.range->offset,
                      operand.range->bytes);
}

void BatchPipeline::make_readback() {
  const auto alignment = static_cast<std::int64_t>(context_.device().buffer_alignment());
  std::vector<std::uint64_t> offsets;
  std::int64_t bytes = 0;
  for (std::size_t slot = 0; slot < kBatchSlots; ++slot) {
    for (const plan::Output& output : plan_.outputs) {
      offsets.push_back(static_cast<std::uint64_t>(bytes));
      bytes += kernels::round_up(static_cast<std::int64_t>(plan_.resources[output.resource].bytes),
                                 alignment);
    }
  }
  readback_memory_.emplace(context_.device(), static_cast<std::uint64_t>(bytes),
                           vulkan::MemoryKind::kReadback);
  auto offset = offsets.begin();
  for (Readback& readback : readback_) {
    vulkan::CommandRecorder recorder(context_.device());
    readback.buffers.reserve(plan_.outputs.size());
    for (const plan::Output& output : plan_.outputs) {
      const vulkan::Buffer& source = buffer(output.resource);
      recorder.copy(source,
                    readback.buffers.emplace_back(context_.device(), *readback_memory_, *offset++,
                                                  source.bytes()),
                    source.bytes());
    }
    readback.recording.emplace(recorder.finish());
  }
}

std::vector<vulkan::Recording> BatchPipeline::record_slices(std::span<const std::size_t> ends) {
  std::vector<vulkan::Recording> slices;
  std::size_t step = 0;
  for (const std::size_t end : ends) {
    vulkan::CommandRecorder recorder(context_.device(), vulkan::Replay::kAnyTime);
    for (; step < end; ++step) record_step(recorder, plan_.steps.at(step));
    slices.push_back(recorder.finish());
  }
  return slices;
}

void BatchPipeline::record_timestamped(std::span<const std::size_t> ends) {
  std::size_t step = 0;
  for (const std::size_t end : ends) {
    vulkan::TimestampPool& pool =
        timestamps_.emplace_back(context_.device(), static_cast<std::uint32_t>(end - step + 1));
    // The next run overwrites the timestamps, so it must wait until they are read.
    vulkan::CommandRecorder recorder(context_.device(), vulkan::Replay::kWhenDone);
    recorder.timestamp(pool);
    for (; step < end; ++step) {
      record_step(recorder, plan_.steps.at(step));
      recorder.timestamp(pool);
    }
    slices_.push_back(recorder.finish());
  }
}

void BatchPipeline::replace_slices(std::vector<vulkan::Recording> slices) {
  slices_ = std::move(slices);
  has_other_slices_ = true;
}

std::vector<vulkan::Submission> BatchPipeline::submit(std::size_t slot) const {
  std::vector<vulkan::Submission> submissions;
  for (const vulkan::Recording& slice : slices_) {
    submissions.push_back(submit_slice(slice, slot));
  }
  return submissions;
}

vulkan::Submission BatchPipeline::submit_slice(const vulkan::Recording& slice,
                                               std::size_t slot) const {
  std::vector<const vulkan::Recording*> recordings{&slice};
  if (&slice == &slices_.back()) recordings.push_back(&*readback_[slot].recording);
  return context_.device().submit(recordings);
}

void BatchPipeline::record_step(vulkan::CommandRecorder& recorder, const plan::Step& step) {
  std::visit([&](const auto& work) { record_step(recorder, work); }, step.work);
}

void BatchPipeline::record_step(vulkan::CommandRecorder& recorder, const plan::KernelStep& kernel) {
  std::vector<vulkan::Binding> bindings;
  for (const plan::Operand& operand : kernel.operands) {
    const bool half = plan_.resources[operand.resource].dtype == DType::kF16;
    bindings.push_back({&buffer(operand), operand.access,
                        half ? vulkan::TexelFormat::kRgba16F : vulkan::TexelFormat::kRgba32F});
  }
  recorder.dispatch(context_.pipeline(kernel.kernel, kernel.specialization), bindings,
                    std::span<const std::byte>(kernel.push_constants), kernel.threads);
}

void BatchPipeline::record_step(vulkan::CommandRecorder& recorder, const plan::FftStep& fft) {
  const vulkan::Buffer& planes = buffer(fft.planes);
  const vulkan::Buffer& spectrum = buffer(fft.spectrum);
  const FftKey key{fft.grid.height, fft.grid.width, &planes, &spectrum};
  auto found = ffts_.find(key);
  if (found == ffts_.end()) {
    const vulkan::Fft::Extent extent{static_cast<std::uint32_t>(fft.grid.height),
                                     static_cast<std::uint32_t>(fft.grid.width),
                                     static_cast<std::uint32_t>(fft.batches)};
    found = ffts_
                .emplace(key, vulkan::Fft(context_.device(), context_.pipeline_cache(), extent,
                                          planes, spectrum, context_.cache_directory()))
                .first;
  }
  recorder.fft(found->second,
               fft.inverse ? vulkan::FftDirection::kInverse : vulkan::FftDirection::kForward);
}

BatchOutputs BatchPipeline::outputs(std::size_t slot) const {
  BatchOutputs all{batch(), {}};
  for (std::size_t i = 0; i < plan_.outputs.size(); ++i) all.outputs.push_back(output(i, slot));
  return all;
}

std::vector<float> BatchPipeline::output(std::size_t index, std::size_t slot) const {
  const plan::Output& output = plan_.outputs[index];
  const std::span<const std::byte> source = readback_[slot].buffers[index].mapped();
  const DType dtype = plan_.resources[output.resource].dtype;
  const std::int64_t rows = plan_.batch * output.rows;
  std::vector<float> dense(static_cast<std::size_t>(rows * output.columns));
  for (std::int64_t row = 0; row < rows; ++row) {
    float* const target = dense.data() + row * output.columns;
    const std::byte* const from =
        source.data() + static_cast<std::size_t>(row * output.stride) * size_of(dtype);
    if (dtype == DType::kF32) {
      std::memcpy(target, from, static_cast<std::size_t>(output.columns) * sizeof(float));
      continue;
    }
    std::vector<std::uint16_t> halves(static_cast<std::size_t>(output.columns));
    std::memcpy(halves.data(), from, halves.size() * sizeof(std::uint16_t));
    std::ranges::transform(halves, target, half_to_float);
  }
  return dense;
}

std::vector<double> BatchPipeline::step_seconds() const {
  std::vector<double> seconds;
  for (const vulkan::TimestampPool& pool : timestamps_) {
    const std::vector<double> nanoseconds = pool.read();
    for (std::size_t i = 1; i < nanoseconds.size(); ++i) {
      seconds.push_back((nanoseconds[i] - nanoseconds[i - 1]) * 1e-9);
    }
  }
  return seconds;
}

BatchPipeline::FftUse BatchPipeline::fft_use() const {
  FftUse use;
  for (const auto& [key, fft] : ffts_) {
    ++use.plans;
    use.loaded += fft.loaded();
    use.scratch_bytes += fft.scratch_bytes();
  }
  return use;
}

}  // namespace gfnet::runtime
