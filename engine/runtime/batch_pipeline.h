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
#include "vulkan/fft.h"
#include "vulkan/recording.h"
#include "vulkan/timestamp_pool.h"

namespace gfnet::runtime {

/// The outputs of a batch, in the order of the plan's: see BatchPipeline::output.
struct BatchOutputs {
  std::int64_t batch = 0;
  std::vector<std::vector<float>> outputs;
};

/// A plan made real: its arena, its pipelines and FFTs, and the commands recorded once, to be
/// replayed for every batch.
class BatchPipeline {
 public:
  struct Options {
    /// Take the device's time between steps, for step_seconds(). Costs a little between steps.
    bool timestamps = false;
    /// Memory for the plan's arena, at least as large; several pipelines may share it if they do
    /// not run at the same time. Without it the pipeline takes its own.
    std::shared_ptr<const vulkan::Memory> arena = nullptr;
  };

  /// constants must hold what the plan names. Both must outlive the pipeline. Throws
  /// UnsupportedError for timestamps on a device without.
  BatchPipeline(DeviceContext& context, plan::Plan plan, const ConstantStore& constants,
                Options options);
  BatchPipeline(DeviceContext& context, plan::Plan plan, const ConstantStore& constants)
      : BatchPipeline(context, std::move(plan), constants, Options{}) {}

  const plan::Plan& plan() const { return plan_; }
  std::int64_t batch() const { return plan_.batch; }

  /// The graph's input on the device, in the layout that the graph says. To be written before a
  /// run.
  const vulkan::Buffer& input() const { return buffer(plan_.input); }

  /// Places in host memory for the outputs: those of one run can be read from the first while the
  /// next run writes to the second.
  static constexpr std::size_t kReadbackSlots = 2;

  /// The commands from the input to the outputs, and those from there to a slot of host memory; to
  /// be submitted together. Again before they are done only with another slot.
  std::array<const vulkan::Recording*, 2> commands(std::size_t slot = 0) const {
    return {&*recording_, &readback(slot)};
  }
  const vulkan::Recording& readback(std::size_t slot = 0) const {
    return *readback_[slot].recording;
  }

  /// The first of commands() in several recordings, to be submitted one after the other and before
  /// readback(), for who wants to let other work on the device's queue in between. Each ends with
  /// one of `ends`, ascending numbers of steps; the last of them is the number of all steps.
  std::vector<vulkan::Recording> record_slices(std::span<const std::size_t> ends);

  /// The i-th output after a run to the slot, without padding: [batch · rows, columns] (see
  /// plan::Output).
  std::vector<float> output(std::size_t index, std::size_t slot = 0) const;
  /// All of them.
  BatchOutputs outputs(std::size_t slot = 0) const;

  /// How long each step of the plan took in the last run, on the device's clock, its barrier
  /// included. Only with Options::timestamps.
  std::vector<double> step_seconds() const;

  /// VkFFT's plans, which of them were on disk, and the device memory they take for themselves.
  struct FftUse {
    std::int64_t plans = 0;
    std::int64_t loaded = 0;
    std::uint64_t scratch_bytes = 0;
  };
  FftUse fft_use() const;
  /// As allocated.
  std::uint64_t arena_bytes() const { return arena_->bytes(); }

  /// Commands that write the input, kept as long as the input that they write.
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
  /// One a range of the arena: VkFFT binds whole buffers, and ranges that coincide share one.
  std::map<std::pair<std::uint64_t, std::uint64_t>, vulkan::Buffer> arena_buffers_;
  std::vector<const vulkan::Buffer*> resource_buffers_;
  struct Readback {
    /// One an output.
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
