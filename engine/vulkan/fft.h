#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "vulkan/buffer.h"
#include "vulkan/device.h"
#include "vulkan/pipeline_cache.h"

namespace gfnet::vulkan {

class CommandRecorder;

enum class FftDirection { kForward, kInverse };

/// Two-dimensional FFT of real planes, batched and out of place, through VkFFT.
///
///   planes    [batches, height, width] f32
///   spectrum  [batches, height, width/2 + 1] complex f32, real and imaginary part interleaved
///
/// Unnormalised both ways: inverse(forward(x)) = height·width·x. Any height and width, 1 included.
/// The forward transform reads planes and writes spectrum. The inverse reads spectrum, writes
/// planes and leaves spectrum's content undefined. It takes any spectrum, not only a real plane's:
/// complex over the columns, then complex to real over the rows, where the imaginary part of column
/// 0, and of column width/2 if width is even, counts for nothing, as with irfft2 of NumPy and
/// PyTorch. (VkFFT does so only without its merging of two real rows into one complex row, which is
/// therefore off.)
/// Accuracy: f32; error about ε·log2(height·width) relative to the result's norm.
///
/// Made for two buffers; it must not outlive their memory. Move-only.
class Fft {
 public:
  struct Extent {
    std::uint32_t height = 0;
    std::uint32_t width = 0;
    std::uint32_t batches = 0;
  };

  /// planes and spectrum: at least the bytes of their extents, and not overlapping.
  /// cache_directory: where VkFFT's generated code is kept between runs; empty for nowhere. A file
  /// that is damaged or was made for anything else is ignored and replaced. Throws UnsupportedError
  /// if VkFFT cannot do the size on this device, VulkanError.
  Fft(Device& device, const PipelineCache& cache, Extent extent, const Buffer& planes,
      const Buffer& spectrum, const std::filesystem::path& cache_directory);
  ~Fft();
  Fft(Fft&&) noexcept;
  Fft& operator=(Fft&&) noexcept;

  static std::uint64_t planes_bytes(const Extent& extent);
  static std::uint64_t spectrum_bytes(const Extent& extent);

  const Extent& extent() const { return extent_; }
  /// Bytes of device memory that VkFFT took beside the two buffers.
  std::uint64_t scratch_bytes() const;
  /// Whether the generated code came from the cache directory.
  bool loaded() const;

 private:
  friend class CommandRecorder;
  void record(CommandRecorder& recorder, FftDirection direction);

  struct Part;
  Extent extent_;
  std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace gfnet::vulkan
