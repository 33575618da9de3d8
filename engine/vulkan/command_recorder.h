#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "vulkan/buffer.h"
#include "vulkan/hazard_tracker.h"
#include "vulkan/pipeline.h"
#include "vulkan/recording.h"

namespace gfnet::vulkan {

class Fft;
enum class FftDirection;
class TimestampPool;

/// How a shader's samplerBuffer sees a buffer's bytes.
enum class TexelFormat { kRgba32F, kRgba16F, kR32F };

/// A buffer as one command uses it.
struct Binding {
  const Buffer* buffer = nullptr;
  Access access = Access::kRead;
  /// Only for a samplerBuffer.
  TexelFormat texel_format = TexelFormat::kRgba32F;
};

/// What a command that touches a buffer's bytes [offset, offset + bytes) declares.
HazardTracker::Range range_of(const Buffer& buffer, std::uint64_t offset, std::uint64_t bytes,
                              Access access);

/// A range for CommandRecorder::copy. Offsets are relative to the two buffers.
struct CopyRegion {
  std::uint64_t source_offset = 0;
  std::uint64_t destination_offset = 0;
  std::uint64_t bytes = 0;
};

/// Whether a recording may be submitted again before it is done.
enum class Replay { kWhenDone, kAnyTime };

/// Records commands into a Recording, putting a barrier wherever what a command declares conflicts
/// with what was declared since the last barrier. Every recording starts with a barrier against
/// work submitted before it, and ends with one towards the host if the host can see something it
/// wrote. Used by one thread at a time; several recorders may be used at once.
class CommandRecorder {
 public:
  explicit CommandRecorder(const Device& device, Replay replay = Replay::kWhenDone);

  /// Runs a pipeline over threads[0]·threads[1]·threads[2] threads, rounded up to whole workgroups.
  /// bindings: one per buffer of the shader, in the order of its bindings; the declared access
  /// must cover the shader's. push: the push-constant block's bytes, or none if it has none.
  /// Throws Error if bindings or push do not fit the shader, UnsupportedError if the device does
  /// not allow so many workgroups. Nothing is recorded for zero threads.
  void dispatch(const Pipeline& pipeline, std::span<const Binding> bindings,
                std::span<const std::byte> push, const std::array<std::uint32_t, 3>& threads);
  /// The same with a struct of scalars as the push-constant block.
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

  /// Copies regions. Throws Error if one lies outside its buffer.
  void copy(const Buffer& source, const Buffer& destination, std::span<const CopyRegion> regions);
  /// Copies the first `bytes` bytes.
  void copy(const Buffer& source, const Buffer& destination, std::uint64_t bytes);
  /// Sets bytes [offset, offset + bytes), multiples of 4, to the repeated 32-bit value.
  void fill(const Buffer& destination, std::uint64_t offset, std::uint64_t bytes,
            std::uint32_t value);
  /// One transform. See Fft for what it reads and writes.
  void fft(Fft& transform, FftDirection direction);

  /// Declares dispatches that other code will record right away, into the command buffer returned,
  /// with whatever barriers they need among themselves.
  VkCommandBuffer external(std::span<const HazardTracker::Range> ranges);

  /// Writes a timestamp once the commands recorded so far are done; returns its index in the pool.
  /// The pool belongs to this recording: replaying it overwrites its times.
  std::uint32_t timestamp(TimestampPool& pool);

  /// Ends the recording. The recorder can do nothing more.
  Recording finish();

 private:
  void begin(std::span<const HazardTracker::Range> ranges, HazardTracker::Stage stage);
  void barrier();
  VkDescriptorSet allocate_set(const Pipeline& pipeline);
  VkBufferView make_view(const Buffer& buffer, TexelFormat format);

  const Device* device_;
  Recording recording_;
  HazardTracker tracker_;
  std::vector<HazardTracker::Range> ranges_;
  std::uint32_t sets_left_ = 0;
  std::uint32_t storage_descriptors_left_ = 0;
  std::uint32_t texel_descriptors_left_ = 0;
  const TimestampPool* timestamps_ = nullptr;
};

}  // namespace gfnet::vulkan
