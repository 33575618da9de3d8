#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "plan/plan.h"
#include "runtime/constant_store.h"
#include "runtime/device_context.h"
#include "runtime/recording_cache.h"
#include "vulkan/commands/recording.h"
#include "vulkan/commands/timestamp_pool.h"
#include "vulkan/fft/fft.h"

namespace gfnet::runtime {

/// The outputs of one batch, in the order of plan::Plan::outputs. Each has the layout that
/// BatchPipeline::output returns. batch: number of images.
struct BatchOutputs {
  std::int64_t batch = 0;
  std::vector<std::vector<float>> outputs;
};

/// A plan on a device: its pipelines, FFTs, commands and arena (the memory for all tensors that are
/// not constants). The commands are recorded once and replayed for every batch.
class BatchPipeline {
 public:
  struct Options {
    /// Records a timestamp between steps, for step_seconds(). Costs a little time per step.
    bool timestamps = false;
    /// Memory for the plan's arena. It must have at least plan.arena_bytes bytes. Pipelines that do
    /// not run at the same time may share it. If null, the pipeline allocates its own memory.
    std::shared_ptr<const vulkan::Memory> arena = nullptr;
  };

  /// constants must hold all constants of the plan (ConstantStore::upload). context and constants
  /// must outlive the pipeline. Throws UnsupportedError if the device lacks something that a shader
  /// or the options need, VulkanError.
  BatchPipeline(DeviceContext& context, plan::Plan plan, const ConstantStore& constants,
                Options options);
  BatchPipeline(DeviceContext& context, plan::Plan plan, const ConstantStore& constants)
      : BatchPipeline(context, std::move(plan), constants, Options{}) {}

  const plan::Plan& plan() const { return plan_; }
  std::int64_t batch() const { return plan_.batch; }

  /// The graph's input on the device, in the graph's layout. Write it before every run.
  const vulkan::Buffer& input() const { return buffer(plan_.input); }

  /// Number of slots in host memory for the outputs. The host can read the outputs of one run from
  /// one slot while the next run writes to the other.
  static constexpr std::size_t kReadbackSlots = 2;

  /// Two recordings to submit together. The first computes the outputs from the input. The second
  /// copies the outputs to a slot in host memory. While they run, commands() of another slot may be
  /// submitted, but not of the same slot.
  std::array<const vulkan::Recording*, 2> commands(std::size_t slot = 0) const {
    return {&*recording_, &readback(slot)};
  }
  /// The second recording of commands(): it copies the outputs to the slot.
  const vulkan::Recording& readback(std::size_t slot = 0) const {
    return *readback_[slot].recording;
  }

  /// Splits the first of commands() into several recordings, so that other work can use the
  /// device's queue in between. Submit them in order, then readback(). ends: for each recording,
  /// the index of the step after its last step. The indices ascend; the last index is the number of
  /// all steps.
  std::vector<vulkan::Recording> record_slices(std::span<const std::size_t> ends);

  /// Returns output `index` of the last run that used the slot. Shape: [batch · rows, columns] (see
  /// plan::Output), without padding. Call it after that run is done.
  std::vector<float> output(std::size_t index, std::size_t slot = 0) const;
  /// All outputs of the last run that used the slot. Call it after that run is done.
  BatchOutputs outputs(std::size_t slot = 0) const;

  /// Seconds that each step took in the last run, including its barrier, on the device's clock.
  /// Needs Options::timestamps.
  std::vector<double> step_seconds() const;

  /// VkFFT plans of this pipeline.
  struct FftUse {
    std::int64_t plans = 0;
    /// Plans that were loaded from disk.
    std::int64_t loaded = 0;
    /// Bytes of device memory that VkFFT allocated itself.
    std::uint64_t scratch_bytes = 0;
  };
  FftUse fft_use() const;
  /// Bytes allocated for the arena; may exceed plan().arena_bytes.
  std::uint64_t arena_bytes() const { return arena_->bytes(); }

  /// Recordings that write this pipeline's input. They are destroyed with the pipeline.
  RecordingCache& input_recordings() { return input_recordings_; }

 private:
  void make_buffers(const ConstantStore& constants);
  void make_readback();
  void record();
  void record_step(vulkan::CommandRecorder& recorder, const plan::Step& step);
  void record_step(vulkan::CommandRecorder& recorder, const plan::KernelStep& kernel);
  void record_step(vulkan::CommandRecorder& recorder, const plan::FftStep& fft);
  const vulkan::Buffer& buffer(std::size_t resource) const { return *resource_buffers_[resource]; }
  const vulkan::Buffer& buffer(const plan::Operand& operand);
  const vulkan::Buffer& arena_buffer(std::uint64_t offset, std::uint64_t bytes);

  DeviceContext& context_;
  plan::Plan plan_;
  std::shared_ptr<const vulkan::Memory> arena_;
  /// One buffer per range of the arena, because VkFFT binds whole buffers. Equal ranges share one
  /// buffer.
  std::map<std::pair<std::uint64_t, std::uint64_t>, vulkan::Buffer> arena_buffers_;
  std::vector<const vulkan::Buffer*> resource_buffers_;
  struct Readback {
    /// One per output.
    std::vector<vulkan::Buffer> buffers;
    std::optional<vulkan::Recording> recording;
  };
  std::optional<vulkan::Memory> readback_memory_;
  std::array<Readback, kReadbackSlots> readback_;
  using FftKey =
      std::tuple<std::int64_t, std::int64_t, const vulkan::Buffer*, const vulkan::Buffer*>;
  std::map<FftKey, vulkan::Fft> ffts_;
  std::optional<vulkan::TimestampPool> timestamps_;
  std::optional<vulkan::Recording> recording_;
  RecordingCache input_recordings_;
};

}  // namespace gfnet::runtime
