#pragma once

#include <array>
#include <optional>
#include <span>

#include "gfnet/image.h"
#include "image/geometry.h"
#include "image/normalisation.h"
#include "runtime/device_context.h"
#include "runtime/model_contents.h"
#include "runtime/recording_cache.h"
#include "vulkan/buffer.h"
#include "vulkan/memory.h"
#include "vulkan/submission.h"

namespace gfnet::runtime {

/// Pictures of any size → the network's input, on the device: upload, resize, crop, normalise.
class Preprocessor {
 public:
  struct Target {
    image::Extent extent;
    double crop_ratio = 1.0;
    image::Normalisation normalisation;
  };

  Preprocessor(DeviceContext& context, Target target);

  /// Places for pictures in host memory: some can be put there while others are on their way.
  static constexpr std::size_t kUploadSlots = 2;

  /// Submits what writes picture i to the i-th image of `input`, planes [N, C, H, W] f32, and
  /// returns; the pictures are not needed any more. What was last put into the slot is waited for.
  /// Throws UnsupportedError if the network takes neither one nor three channels.
  ///
  /// recordings: the input's own. Pictures of the same sizes, in the same order, as some before
  /// replay what was recorded for these; others are recorded anew, in memory that grows only if
  /// together they are larger than any before.
  void run(std::span<const Image> images, const vulkan::Buffer& input, RecordingCache& recordings,
           std::size_t slot = 0);
  /// Until all that was submitted is done.
  void wait();

 private:
  /// Memory that grows when a larger one is needed and is kept for the next pictures.
  struct Block {
    std::optional<vulkan::Memory> memory;
    bool holds(std::uint64_t bytes) const {
      return bytes == 0 || (memory && memory->bytes() >= bytes);
    }
    /// Whether it has grown, and recordings that name the old memory are void.
    bool reserve(const vulkan::Device& device, std::uint64_t bytes, vulkan::MemoryKind kind);
  };
  struct Job;
  struct Upload {
    Block block;
    /// How often it has grown.
    std::uint64_t generation = 0;
    /// What reads it.
    vulkan::Submission submission;
  };

  Job make_job(const Image& image, std::size_t index) const;
  void reserve(std::span<const Job> jobs, Upload& upload);
  void run_jobs(std::span<const Job> jobs, const vulkan::Buffer& input, RecordingCache& recordings,
                std::size_t slot);
  BoundRecording record(std::span<const Job> jobs, const vulkan::Buffer& input,
                        const Block& upload);
  std::uint64_t room(std::uint64_t bytes) const;
  /// Host and device share their memory: nothing is gained by a copy of the pictures.
  bool reads_uploads() const;

  DeviceContext& context_;
  Target target_;
  Block source_;
  Block intermediate_;
  /// How often one of the two has grown.
  std::uint64_t generation_ = 0;
  /// The last, which are waited for before memory goes that they read.
  std::array<Upload, kUploadSlots> uploads_;
};

/// What a model's pictures are turned into.
Preprocessor::Target preprocessing_target(const Model::Contents& contents);

}  // namespace gfnet::runtime
