#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "gfnet/image.h"
#include "image/resize_plan.h"
#include "runtime/batch_slots.h"
#include "runtime/device_context.h"
#include "runtime/growing_memory.h"
#include "runtime/recording_cache.h"
#include "vulkan/commands/submission.h"
#include "vulkan/memory/buffer.h"

namespace gfnet::runtime {

/// Turns images of any size and format in the host's memory into the network's input in device
/// memory. The device resizes, crops and normalises the uploaded images.
class Preprocessor {
 public:
  using Target = image::ResizeTarget;

  /// How the device gets the images' rows. kDirect: the resize reads the rows from the upload
  /// memory, which is host-visible. kCopied: the rows are first copied to device-local memory. This
  /// is for devices with memory of their own: they read the host's memory slowly, and the resize
  /// reads every row several times.
  enum class Upload { kDirect, kCopied };

  /// Every option works on every device, with the same result.
  struct Options {
    /// Default: kDirect if host and device share their memory, otherwise kCopied.
    std::optional<Upload> upload;
    /// A batch that is too large is uploaded in several parts. This is the limit, in bytes, for the
    /// rows of one part, and also for the intermediate of one part (the result of the horizontal
    /// resize). A single row, or the intermediate of a single image, may exceed the limit. The
    /// limit keeps the upload memory small, because that memory is as large as the largest part.
    std::uint64_t part_bytes = 128u << 20;
    /// Limit for a buffer that shaders access, in bytes, where it is below the device's own. An
    /// image is too large if a row of it, or its intermediate, exceeds the limit.
    std::uint64_t most_buffer_bytes = ~std::uint64_t{0};
  };

  /// context must outlive the preprocessor.
  Preprocessor(DeviceContext& context, Target target, const Options& options);
  Preprocessor(DeviceContext& context, Target target)
      : Preprocessor(context, std::move(target), Options{}) {}

  /// Submits the commands that write images[i] to index i of `input`: planes [N, C, H, W] f32
  /// (images, colour channels, rows and columns of the network's input). Returns without waiting
  /// for the commands. The images may be freed after the call. The result does not depend on the
  /// images' formats and row strides. The upload uses slot `slot` of kBatchSlots, after waiting for
  /// the last upload that used this slot. A large batch, or a large image, is uploaded in several
  /// parts, which use the slots in turn. Throws ArgumentError if an image is invalid
  /// (image::check_views); UnsupportedError if the network takes neither 1 nor 3 channels or if an
  /// image is too large for the device; VulkanError.
  ///
  /// recordings: the cache for recordings that write `input`. A recording does not depend on the
  /// images' sizes. If the cache has a recording for the same slot, the same number of images and
  /// the same numbers of bytes per pixel, this recording is replayed. Memory grows only if the
  /// images of this call need more in total than the images of any earlier call. In that case,
  /// recordings that use the old memory are made again.
  void run(std::span<const ImageView> images, const vulkan::Buffer& input,
           RecordingCache& recordings, std::size_t slot = 0);
  /// Waits until all work that run() submitted is done. Throws VulkanError.
  void wait();
  /// Waits as wait() does, but ignores errors: the next call that can throw reports them.
  void wait_quietly() noexcept;
  /// What run() writes for these images, in the host's memory. elements: of all images together.
  std::vector<float> tensor(std::span<const ImageView> images, std::size_t elements,
                            std::size_t slot = 0);

  /// Number of recordings that run() has made.
  std::uint64_t recordings_made() const { return recordings_made_; }

 private:
  struct Job;
  struct Piece;
  struct Part;
  struct Layout;
  struct Slot {
    GrowingMemory memory;
    /// The last submitted work that reads `memory`.
    vulkan::Submission submission;
  };

  /// How rows get to the device. Asked for when there are images: a device that runs nothing, such
  /// as a driver without hardware, may have no memory.
  Upload upload() const;

  std::vector<Job> make_jobs(std::span<const ImageView> images) const;
  std::vector<Part> split(std::span<const Job> jobs) const;
  void run_part(std::span<const Job> jobs, const Part& part, const vulkan::Buffer& input,
                RecordingCache& recordings, std::size_t slot);
  void reserve(std::span<const Job> jobs, const Part& part, const Layout& layout, Slot& slot);
  /// Writes the parameters and rows of a part to `upload`, the upload memory of its slot. Also sets
  /// layout.pixel_sizes.
  void fill(std::span<const Job> jobs, const Part& part, Layout& layout,
            std::span<std::byte> upload) const;
  BoundRecording record(const Layout& layout, const vulkan::Buffer& input, const Slot& slot);

  DeviceContext& context_;
  Target target_;
  std::optional<Upload> wanted_upload_;
  std::uint64_t part_bytes_;
  std::uint64_t most_buffer_bytes_;
  /// As texel_resize_lanes() gives them; 0 if the rows are resized by record_horizontal_resize().
  std::uint32_t texel_lanes_;
  /// Used with Upload::kCopied only: device-local memory for the copy of a slot's parameters and
  /// rows.
  GrowingMemory source_;
  GrowingMemory intermediate_;
  /// A slot's memory is replaced only after waiting for the upload that uses this memory.
  std::array<Slot, kBatchSlots> slots_;
  std::uint64_t recordings_made_ = 0;
};

}  // namespace gfnet::runtime
