#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "vulkan/device.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/pipelines/pipeline_cache.h"

namespace gfnet::vulkan {

class CommandRecorder;

enum class FftDirection { kForward, kInverse };

/// Two-dimensional FFT of real planes, batched and out of place, through VkFFT.
///
///   planes    [batches, height, width] f32
///   spectrum  [batches, height, width/2 + 1] complex f32, real and imaginary part interleaved
///
/// Unnormalised in both directions: inverse(forward(x)) = height·width·x. Any height and width,
/// including 1. The forward transform reads planes and writes spectrum. The inverse reads spectrum,
/// writes planes and leaves the content of spectrum undefined.
/// The inverse takes any spectrum, not only that of a real plane. It computes a complex inverse FFT
/// over the columns, then a complex-to-real FFT over the rows. The row transform ignores the
/// imaginary part of column 0 and, if width is even, of column width/2, as irfft2 of NumPy and
/// PyTorch does. (VkFFT ignores these parts only if it does not merge two real rows into one
/// complex row. The engine turns merging off.)
/// Accuracy: the norm of the error is about ε·log2(height·width) times the norm of the result,
/// where ε is the rounding error of f32.
///
/// An Fft uses the two buffers given to the constructor. It must not outlive the memory of these
/// buffers. Move-only.
class Fft {
 public:
  struct Extent {
    std::uint32_t height = 0;
    std::uint32_t width = 0;
    std::uint32_t batches = 0;

    /// For messages: "batches×height×width".
    std::string text() const;
  };

  /// planes, spectrum: buffers of at least planes_bytes(extent) and spectrum_bytes(extent) bytes;
  /// the two must not overlap. cache_directory: the directory that keeps VkFFT's generated code
  /// between runs; empty to keep no code. A file in this directory that is damaged, or was made for
  /// another device, driver or VkFFT version, is ignored and replaced. Throws Error if the extent
  /// is empty or a buffer is too small, UnsupportedError if VkFFT cannot transform this size on
  /// this device, VulkanError.
  Fft(Device& device, const PipelineCache& cache, Extent extent, const Buffer& planes,
      const Buffer& spectrum, const std::filesystem::path& cache_directory);
  ~Fft();
  Fft(Fft&&) noexcept;
  Fft& operator=(Fft&&) noexcept;

  /// Sizes in bytes of the buffers `planes` and `spectrum`.
  static std::uint64_t planes_bytes(const Extent& extent);
  static std::uint64_t spectrum_bytes(const Extent& extent);

  const Extent& extent() const { return extent_; }
  /// Bytes of device memory that VkFFT allocated in addition to the buffers `planes` and
  /// `spectrum`.
  std::uint64_t scratch_bytes() const;
  /// Whether all generated code came from the cache directory.
  bool loaded() const;

 private:
  friend class CommandRecorder;
  void record(CommandRecorder& recorder, FftDirection direction);

  struct Part;
  Extent extent_;
  std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace gfnet::vulkan
