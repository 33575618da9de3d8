#pragma once

#include <algorithm>

#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// spectral_filter.comp and its variants. A workgroup transforms the grids of `channels` channels
/// of an image, `lines` lines of each grid at a time.
struct SpectralFilterConstants {
  using Push = parameters::SpectralFilterParameters;

  std::uint32_t channels;
  std::uint32_t lines;
  /// The grid, in tokens.
  std::uint32_t height;
  std::uint32_t width;
  /// The divisors of height and width by which the transforms of columns and rows are split.
  std::uint32_t height_factor;
  std::uint32_t width_factor;
  /// Not a specialisation constant: whether the shader is one of the variants
  /// spectral_filter_private…, which keep the half spectrum in private instead of shared memory.
  bool is_private = false;

  std::uint32_t local_size_x() const { return channels * lines; }
  Workgroup workgroup() const { return {local_size_x(), 1, 1}; }
  struct Sizes {
    /// Bins of the half spectrum.
    std::uint32_t bins;
    /// The longest line that the shader transforms.
    std::uint32_t longest_line;
    /// Vectors of four floats in the uniform block `Roots`.
    std::uint32_t root_vectors;
  };
  Sizes sizes() const {
    using uint = std::uint32_t;
    const uint kHeight = height, kWidth = width;
#include "include/spectral_filter_sizes.inl"
    return {kBins, kLongestLine, kRootVectors};
  }

  /// The half spectrum, complex, of each of the workgroup's channels.
  std::uint64_t shared_bytes() const {
    return is_private ? 0 : std::uint64_t{2 * sizeof(float)} * sizes().bins * channels;
  }

  /// Estimated 32-bit registers of an invocation: the longer line, complex, with the roots of half
  /// a turn; the sums and differences of one of the short transforms that it is split into; and
  /// twelve for the rest.
  std::uint32_t registers() const {
    const auto of_line = [](std::uint32_t length, std::uint32_t factor) {
      const std::uint32_t radix = std::max(factor, length / factor);
      return 2 * length + 2 * (length / 2 + 1) + 2 * radix + 12;
    };
    return std::max(of_line(height, height_factor), of_line(width, width_factor));
  }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &SpectralFilterConstants::local_size_x},
      NamedConstant{"kChannels", &SpectralFilterConstants::channels},
      NamedConstant{"kLines", &SpectralFilterConstants::lines},
      NamedConstant{"kHeight", &SpectralFilterConstants::height},
      NamedConstant{"kWidth", &SpectralFilterConstants::width},
      NamedConstant{"kHeightFactor", &SpectralFilterConstants::height_factor},
      NamedConstant{"kWidthFactor", &SpectralFilterConstants::width_factor}};
};

}  // namespace gfnet::kernels
