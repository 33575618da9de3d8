#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "vulkan/commands/hazard_tracker.h"
#include "vulkan/commands/recording.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/pipelines/pipeline.h"

namespace gfnet::vulkan {

class Fft;
enum class FftDirection;
class TimestampPool;

/// Format in which a shader's samplerBuffer reads a buffer.
enum class TexelFormat { kRgba32F, kRgba16F, kR32F, kRgba32Uint };

/// The buffer for one binding of a shader, and how the dispatch accesses this buffer.
struct Binding {
  const Buffer* buffer = nullptr;
  Access access = Access::kRead;
  /// Used only if the shader reads the buffer as a samplerBuffer.
  TexelFormat texel_format = TexelFormat::kRgba32F;
};

/// Converts bytes [offset, offset + bytes) of a buffer to a range of the memory block that holds
/// the buffer, for a command with the given access.
HazardTracker::Range range_of(const Buffer& buffer, std::uint64_t offset, std::uint64_t bytes,
                              Access access);

/// One range of bytes to copy with CommandRecorder::copy. source_offset counts from the start of
/// the source buffer, destination_offset from the start of the destination buffer.
struct CopyRegion {
  std::uint64_t source_offset = 0;
  std::uint64_t destination_offset = 0;
  std::uint64_t bytes = 0;
};

/// Whether a recording may be submitted again while its last submission still runs.
enum class Replay { kWhenDone, kAnyTime };

/// Records commands into a Recording and derives the barriers between them. Each command declares
/// what it reads and writes. If a command's access conflicts with an access since the last barrier,
/// a barrier is recorded before the command. Every recording starts with a barrier against earlier
/// submissions. If a command wrote host-visible memory, the recording ends with a barrier towards
/// the host. A recorder may be used by one thread at a time; several recorders may be used at once.
class CommandRecorder {
 public:
  /// device must outlive the recorder and the Recording that finish() returns. Throws VulkanError.
  explicit CommandRecorder(const Device& device, Replay replay = Replay::kWhenDone);

  /// Runs a pipeline over threads[0]·threads[1]·threads[2] threads, rounded up to whole workgroups.
  /// bindings: one per buffer of the shader, in the order of the shader's binding numbers. The
  /// access that a binding declares must include what the shader does with the buffer. push: the
  /// bytes of the push-constant block; empty if the shader has no such block. Records nothing for
  /// zero threads.
  /// Throws Error if bindings or push do not match the shader. Throws UnsupportedError if the
  /// device does not allow that many workgroups, or that many texels in a samplerBuffer.
  void dispatch(const Pipeline& pipeline, std::span<const Binding> bindings,
                std::span<const std::byte> push, const std::array<std::uint32_t, 3>& threads);
  /// Overload that takes the push-constant block as a struct of scalars.
  template <typename Push>
  requires(
      std::is_trivially_copyable_v<Push> &&
      !std::is_convertible_v<
          const Push&, std::span<const std::byte>>) void dispatch(const Pipeline& pipeline,
                                                                  std::span<const Binding> bindings,
                                                                  const Push& push,
                                                                  const std::array<std::uint32_t,
                                                                                   3>& threads) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span<const Push, 1>(&push, 1));
    dispatch(pipeline, bindings, bytes, threads);
  }

  /// Records a dispatch of no workgroups, which makes drivers that compile a kernel at its first
  /// dispatch compile it. any: stands for all buffers of the shader. Throws VulkanError.
  void dispatch_nothing(const Pipeline& pipeline, const Buffer& any);

  /// Copies regions from source to destination. Throws Error if a region lies outside a buffer.
  void copy(const Buffer& source, const Buffer& destination, std::span<const CopyRegion> regions);
  /// Copies the first `bytes` bytes of source to the start of destination.
  void copy(const Buffer& source, const Buffer& destination, std::uint64_t bytes);
  /// Fills bytes [offset, offset + bytes) of `destination` with the repeated 32-bit value. Throws
  /// Error if offset or bytes is not a multiple of 4, or if the range lies outside the buffer.
  void fill(const Buffer& destination, std::uint64_t offset, std::uint64_t bytes,
            std::uint32_t value);
  /// Records one transform. The comment of Fft tells which buffers each direction reads and writes.
  void fft(Fft& transform, FftDirection direction);

  /// Returns the command buffer, so that the caller can record dispatches into it without
  /// dispatch(). Records the barrier that these dispatches need before them. ranges: the memory
  /// that these dispatches access. The caller also records the barriers between these dispatches.
  VkCommandBuffer external(std::span<const HazardTracker::Range> ranges);

  /// Records a barrier that makes visible what all earlier submissions to the queue wrote, in any
  /// stage. Call acquire() before commands that read a buffer which code outside the engine writes.
  void acquire();
  /// Records a barrier that lets later submissions to the queue, in any stage, overwrite what the
  /// commands recorded so far read.
  void release();

  /// Records a timestamp that is written when the commands recorded so far are done. Returns the
  /// timestamp's index in the pool. A recording uses one pool, and a pool serves one recording.
  /// Each run of the recording overwrites the times in the pool. Throws Error if this recording
  /// uses another pool, if another recording uses this pool, or if the pool is full.
  std::uint32_t timestamp(TimestampPool& pool);

  /// Ends the recording. The recorder must not be used afterwards.
  Recording finish();

 private:
  void begin(std::span<const HazardTracker::Range> ranges, HazardTracker::Stage stage);
  void barrier();
  VkDescriptorSet allocate_set(const Pipeline& pipeline);
  /// Records the dispatch itself, without a barrier.
  void run(const Pipeline& pipeline, std::span<const Binding> bindings,
           std::span<const std::byte> push, const std::array<std::uint32_t, 3>& groups);
  VkBufferView make_view(const Buffer& buffer, TexelFormat format);

  const Device* device_;
  Recording recording_;
  HazardTracker tracker_;
  std::vector<HazardTracker::Range> ranges_;
  /// What is left in the newest descriptor pool: sets, and descriptors of each
  /// ShaderReflection::BufferKind.
  std::uint32_t sets_left_ = 0;
  std::array<std::uint32_t, ShaderReflection::kBufferKinds> descriptors_left_{};
  const TimestampPool* timestamps_ = nullptr;
};

}  // namespace gfnet::vulkan
