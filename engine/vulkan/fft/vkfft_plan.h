#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "vulkan/fft/fft.h"

namespace gfnet::vulkan {

/// VkFFT's version, such as "1.3.4".
std::string vkfft_version();

/// One plan of VkFFT (a transform that VkFFT compiled). At width 1 it is the FFT of complex
/// columns, in place in the spectrum; at every other width the two-dimensional FFT of real planes
/// (see Fft). Neither copyable nor movable.
class VkfftPlan {
 public:
  /// planes, spectrum: buffers of Fft::planes_bytes(extent) and Fft::spectrum_bytes(extent) bytes;
  /// both buffers must outlive the plan. cache_directory: as in Fft's constructor. Throws
  /// UnsupportedError if VkFFT cannot transform this size on this device, VulkanError.
  VkfftPlan(Device& device, const PipelineCache& cache, const Fft::Extent& extent,
            const Buffer& planes, const Buffer& spectrum,
            const std::filesystem::path& cache_directory);
  ~VkfftPlan();
  VkfftPlan(const VkfftPlan&) = delete;
  VkfftPlan& operator=(const VkfftPlan&) = delete;

  /// Records the transform. Throws Error if VkFFT fails.
  void append(CommandRecorder& recorder, FftDirection direction);
  /// Bytes of device memory that VkFFT allocated in addition to the buffers `planes` and
  /// `spectrum`.
  std::uint64_t scratch_bytes() const;
  /// Whether the generated code came from the cache directory.
  bool loaded() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet::vulkan
