#pragma once

#include <array>
#include <optional>
#include <span>

#include "gfnet/image.h"
#include "image/geometry.h"
#include "image/normalisation.h"
#include "runtime/device_context.h"
#include "runtime/recording_cache.h"
#include "vulkan/commands/submission.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/memory/memory.h"

namespace gfnet::runtime {

/// Turns images of any size into the network's input, on the device: upload, resize, crop,
/// normalise.
class Preprocessor {
 public:
  struct Target {
    /// Size of the network's input, in pixels.
    image::Extent extent;
    /// Size of the centre crop divided by the size that the image is resized to, in (0, 1]. See
    /// image::resize_geometry.
    double crop_ratio = 1.0;
    image::Normalisation normalisation;
  };

  /// context must outlive the preprocessor.
  Preprocessor(DeviceContext& context, Target target);

  /// Number of slots (ranges of host memory) for uploaded images. The host fills one slot while the
  /// device reads the other.
  static constexpr std::size_t kUploadSlots = 2;

  /// Submits the commands that write images[i] to index i of `input`: planes [N, C, H, W] f32.
  /// Returns without waiting for the commands. The images may be freed afterwards. The upload uses
  /// upload slot `slot`, after waiting for the last upload that used it. A large batch is uploaded
  /// in several parts, which use the slots in turn. Throws Error if an image's size does not match
  /// its bytes; UnsupportedError if the network takes neither 1 nor 3 channels or if an image is
  /// too large for the device; VulkanError.
  ///
  /// recordings: the cache for recordings that write `input`. If it has a recording for images of
  /// the same sizes in the same order, replays it; otherwise makes a new one. Memory grows only if
  /// these images need more in total than the images of any earlier call.
  void run(std::span<const Image> images, const vulkan::Buffer& input, RecordingCache& recordings,
           std::size_t slot = 0);
  /// Waits until all work that run() submitted is done. Throws VulkanError.
  void wait();

 private:
  /// Memory that is kept for the next images, and replaced by larger memory when they need more.
  struct Block {
    std::optional<vulkan::Memory> memory;
    bool holds(std::uint64_t bytes) const {
      return bytes == 0 || (memory && memory->bytes() >= bytes);
    }
    /// Ensures at least `bytes`. Returns whether the memory was replaced: recordings that use the
    /// old memory are then invalid.
    bool reserve(const vulkan::Device& device, std::uint64_t bytes, vulkan::MemoryKind kind);
  };
  struct Band;
  struct Job;
  struct Upload {
    Block block;
    /// Number of times that `block` was replaced. Recordings of an earlier block are not replayed.
    std::uint64_t generation = 0;
    /// The last submitted work that reads `block`.
    vulkan::Submission submission;
  };

  Job make_job(const Image& image, std::size_t index) const;
  void reserve(std::span<const Job> jobs, Upload& upload);
  void run_jobs(std::span<const Job> jobs, const vulkan::Buffer& input, RecordingCache& recordings,
                std::size_t slot);
  BoundRecording record(std::span<const Job> jobs, const vulkan::Buffer& input,
                        const Block& upload);
  std::uint64_t room(std::uint64_t bytes) const;
  /// Whether host and device share their memory. Shaders then read the uploaded images directly.
  bool reads_uploads() const;

  DeviceContext& context_;
  Target target_;
  Block source_;
  Block intermediate_;
  /// Number of times that source_ or intermediate_ was replaced. Recordings that use the replaced
  /// memory are not replayed.
  std::uint64_t generation_ = 0;
  /// One for each upload slot. Memory that an upload uses is replaced only after waiting for the
  /// upload.
  std::array<Upload, kUploadSlots> uploads_;
};

}  // namespace gfnet::runtime
