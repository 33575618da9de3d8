#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "plan/plan.h"
#include "runtime/batch_slots.h"
#include "runtime/constant_store.h"
#include "runtime/device_context.h"
#include "runtime/recording_cache.h"
#include "vulkan/commands/recording.h"
#include "vulkan/commands/submission.h"
#include "vulkan/commands/timestamp_pool.h"
#include "vulkan/fft/fft.h"

namespace gfnet::runtime {

/// The outputs of one batch in host memory. outputs[i]: output i of the plan, row-major and without
/// padding: [batch · rows, columns], with rows and columns of plan::Plan::outputs[i]. batch: number
/// of images.
struct BatchOutputs {
  std::int64_t batch = 0;
  std::vector<std::vector<float>> outputs;
};

/// A plan on a device: its pipelines, FFTs, commands and arena (the memory for all tensors that are
/// not constants). The commands are recorded once and replayed for every batch.
class BatchPipeline {
 public:
  struct Options {
    /// Records a timestamp before the first step of each slice and after each step. step_seconds()
    /// needs these timestamps, which cost a little time per step.
    bool timestamps = false;
    /// Makes new pipelines with the driver's statistics, for DeviceContext::spills(). May slow down
    /// their compilation.
    bool statistics = false;
    /// Memory for the plan's arena, of at least plan.arena_bytes bytes. Pipelines that do not run
    /// at the same time may share this memory. If null, the pipeline allocates its own memory.
    std::shared_ptr<const vulkan::Memory> arena = nullptr;
  };

  /// constants must hold all constants of the plan (ConstantStore::upload). context and constants
  /// must outlive the pipeline. Throws VulkanError; also UnsupportedError, if the device lacks a
  /// feature that a shader or the options need.
  BatchPipeline(DeviceContext& context, plan::Plan plan, const ConstantStore& constants,
                Options options);
  BatchPipeline(DeviceContext& context, plan::Plan plan, const ConstantStore& constants)
      : BatchPipeline(context, std::move(plan), constants, Options{}) {}

  const plan::Plan& plan() const { return plan_; }
  std::int64_t batch() const { return plan_.batch; }

  /// The buffer of the network's input on the device, in the layout of the graph's input value.
  /// Write the input before every run, because the steps of a run reuse the input's memory.
  const vulkan::Buffer& input() const { return buffer(plan_.input); }

  /// The computation of the outputs from the input: one or more recordings (slices) with some steps
  /// each, so that other work can use the queue between two slices. At first, a slice takes at most
  /// plan::kMostSubmissionSeconds by estimate, if its steps are short enough.
  const std::vector<vulkan::Recording>& slices() const { return slices_; }
  /// Submits one of slices(). They must be submitted in order. The last one is followed by a copy
  /// of the outputs to readback slot `slot` (0 or 1) in host memory. While that copy runs, a run
  /// with the other slot may be submitted, but none with this slot. A slice may be submitted again
  /// while it still runs, unless Options::timestamps is set. Does not wait. Throws VulkanError.
  vulkan::Submission submit_slice(const vulkan::Recording& slice, std::size_t slot) const;
  /// Submits all slices, one by one. Returns the submissions, in order. Does not wait. Throws
  /// VulkanError, but not before what was submitted is done.
  std::vector<vulkan::Submission> submit(std::size_t slot = 0) const;

  /// Records the computation again, as other slices, without timestamps. ends: for each slice, the
  /// index of the step after the slice's last step. The indices ascend; the last index is the
  /// number of all steps. The pipeline must outlive the slices. Throws VulkanError.
  std::vector<vulkan::Recording> record_slices(std::span<const std::size_t> ends);
  /// Makes slices() return these slices, which record_slices() has recorded. The slices that are
  /// replaced must be done.
  void replace_slices(std::vector<vulkan::Recording> slices);
  /// Whether replace_slices() was called.
  bool has_other_slices() const { return has_other_slices_; }

  /// Returns output `index` of the last run that used the readback slot, without padding: [batch ·
  /// rows, columns], with rows and columns of plan::Output. Call it after that run is done.
  std::vector<float> output(std::size_t index, std::size_t slot = 0) const;
  /// All outputs of the last run that used the readback slot. Call it after that run is done.
  BatchOutputs outputs(std::size_t slot = 0) const;

  /// Seconds that each step took in the last run, including the barrier before the step, on the
  /// device's clock. Needs Options::timestamps.
  std::vector<double> step_seconds() const;

  /// Figures about the VkFFT plans (transforms that VkFFT compiled) of this pipeline. plans: number
  /// of VkFFT plans.
  struct FftUse {
    std::int64_t plans = 0;
    /// Number of these plans that were loaded from the cache on disk instead of compiled.
    std::int64_t loaded = 0;
    /// Bytes of device memory that VkFFT allocated itself, beside the arena.
    std::uint64_t scratch_bytes = 0;
  };
  FftUse fft_use() const;
  /// Bytes allocated for the arena. If several pipelines share the arena, it has the size that the
  /// largest of these pipelines needs, which may exceed plan().arena_bytes.
  std::uint64_t arena_bytes() const { return arena_->bytes(); }

  /// The cache for recordings that write this pipeline's input, such as an upload of images. The
  /// recordings refer to the pipeline's input buffer, so they are destroyed with the pipeline.
  RecordingCache& input_recordings() { return input_recordings_; }

 private:
  void make_buffers(const ConstantStore& constants);
  void make_readback();
  /// Makes slices_ and timestamps_. ends: as for record_slices().
  void record_timestamped(std::span<const std::size_t> ends);
  void record_step(vulkan::CommandRecorder& recorder, const plan::Step& step);
  void record_step(vulkan::CommandRecorder& recorder, const plan::KernelStep& kernel);
  void record_step(vulkan::CommandRecorder& recorder, const plan::FftStep& fft);
  const vulkan::Buffer& buffer(std::size_t resource) const { return *resource_buffers_[resource]; }
  const vulkan::Buffer& buffer(const plan::Operand& operand);
  const vulkan::Buffer& arena_buffer(std::uint64_t offset, std::uint64_t bytes);

  DeviceContext& context_;
  plan::Plan plan_;
  std::shared_ptr<const vulkan::Memory> arena_;
  /// One buffer for each range (offset, bytes) of the arena, because VkFFT binds whole buffers.
  /// Equal ranges share one buffer.
  std::map<std::pair<std::uint64_t, std::uint64_t>, vulkan::Buffer> arena_buffers_;
  std::vector<const vulkan::Buffer*> resource_buffers_;
  struct Readback {
    /// One host-visible buffer for each of the plan's outputs.
    std::vector<vulkan::Buffer> buffers;
    std::optional<vulkan::Recording> recording;
  };
  std::optional<vulkan::Memory> readback_memory_;
  std::array<Readback, kBatchSlots> readback_;
  using FftKey =
      std::tuple<std::int64_t, std::int64_t, const vulkan::Buffer*, const vulkan::Buffer*>;
  std::map<FftKey, vulkan::Fft> ffts_;
  /// One for each slice; none without Options::timestamps.
  std::deque<vulkan::TimestampPool> timestamps_;
  std::vector<vulkan::Recording> slices_;
  bool has_other_slices_ = false;
  RecordingCache input_recordings_;
};

}  // namespace gfnet::runtime
