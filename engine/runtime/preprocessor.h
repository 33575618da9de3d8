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
    /// See image::resize_geometry.
    double crop_ratio = 1.0;
    image::Normalisation normalisation;
  };

  /// context must outlive the preprocessor.
  Preprocessor(DeviceContext& context, Target target);

  /// Number of slots for images in host memory. The host fills one slot while the device reads the
  /// other.
  static constexpr std::size_t kUploadSlots = 2;

  /// Submits the commands that write images[i] to index i of `input`: planes [N, C, H, W] f32.
  /// Returns without waiting for the commands. The images may be freed afterwards. The upload uses
  /// `slot`, after waiting for the slot's last upload. A large batch is uploaded in several parts,
  /// which use the slots in turn. Throws Error if an image's size does not match its bytes,
  /// UnsupportedError if the network takes neither 1 nor 3 channels or if an image is too large for
  /// the device, VulkanError.
  ///
  /// recordings: the cache that belongs to `input`. A kept recording is replayed if it was made for
  /// images of the same sizes in the same order; otherwise a new recording is made. Memory grows
  /// only if these images need more in total than the images of any earlier call.
  void run(std::span<const Image> images, const vulkan::Buffer& input, RecordingCache& recordings,
           std::size_t slot = 0);
  /// Waits until all work that run() submitted is done. Throws VulkanError.
  void wait();

 private:
  /// Memory that is replaced when more is needed, and kept for the next images.
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
    /// Number of times that the block was replaced.
    std::uint64_t generation = 0;
    /// The work that reads the block.
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
  /// Number of times that source_ or intermediate_ was replaced.
  std::uint64_t generation_ = 0;
  /// One upload per slot. Memory is replaced only after waiting for the uploads that use it.
  std::array<Upload, kUploadSlots> uploads_;
};

}  // namespace gfnet::runtime
