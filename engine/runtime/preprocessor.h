#pragma once

#include <optional>
#include <span>

#include "gfnet/image.h"
#include "image/geometry.h"
#include "image/normalisation.h"
#include "runtime/device_context.h"
#include "vulkan/buffer.h"
#include "vulkan/memory.h"

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

  /// Writes picture i to the i-th image of `input`, planes [N, C, H, W] f32. Returns when it is
  /// done. Throws UnsupportedError if the network takes neither one nor three channels.
  void run(std::span<const Image> images, const vulkan::Buffer& input);

 private:
  /// Memory that grows when a larger one is needed and is kept for the next pictures.
  struct Block {
    std::optional<vulkan::Memory> memory;
    void reserve(const vulkan::Device& device, std::uint64_t bytes, vulkan::MemoryKind kind);
  };
  struct Job;

  Job make_job(const Image& image, std::size_t index) const;
  void run_jobs(std::span<const Job> jobs, const vulkan::Buffer& input);
  std::uint64_t room(std::uint64_t bytes) const;

  DeviceContext& context_;
  Target target_;
  Block upload_;
  Block source_;
  Block intermediate_;
};

}  // namespace gfnet::runtime
