#pragma once

#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// spectral_line.comp and its variants: one stage of the lines' transforms.
struct SpectralLineConstants {
  using Push = parameters::SpectralLineParameters;

  std::uint32_t local_size_x;
  /// radix: elements of a group, which an invocation transforms together. factor: the divisor by
  /// which the group's transform is split.
  std::uint32_t radix;
  std::uint32_t factor;
  bool normalise;
  /// Whether twiddle factors are applied before the group's transform, and whether after it.
  bool turn_before;
  bool turn_after;
  /// Whether real and imaginary parts are exchanged in the input, and whether in the result.
  bool swap_before;
  bool swap_after;
  /// The width of subgroups, if the variant needs workgroups of one subgroup; else 0.
  std::uint32_t subgroup;

  std::uint32_t subgroup_width() const { return subgroup; }
  Workgroup workgroup() const { return {local_size_x, 1, 1}; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &SpectralLineConstants::local_size_x},
      NamedConstant{"kRadix", &SpectralLineConstants::radix},
      NamedConstant{"kFactor", &SpectralLineConstants::factor},
      NamedConstant{"kNormalise", &SpectralLineConstants::normalise},
      NamedConstant{"kTurnBefore", &SpectralLineConstants::turn_before},
      NamedConstant{"kTurnAfter", &SpectralLineConstants::turn_after},
      NamedConstant{"kSwapBefore", &SpectralLineConstants::swap_before},
      NamedConstant{"kSwapAfter", &SpectralLineConstants::swap_after}};
};

/// spectral_bins.comp and its variants: the second stage of the forward transforms, the product
/// with the filter, and the first stage of the inverse transforms.
struct SpectralBinsConstants {
  using Push = parameters::SpectralBinsParameters;

  std::uint32_t local_size_x;
  /// radix: elements of a group, which an invocation transforms together. factor: the divisor by
  /// which the group's transform is split.
  std::uint32_t radix;
  std::uint32_t factor;
  /// The same along rows; both 1 if only the columns have a second stage.
  std::uint32_t row_radix;
  std::uint32_t row_factor;

  Workgroup workgroup() const { return {local_size_x, 1, 1}; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &SpectralBinsConstants::local_size_x},
      NamedConstant{"kRadix", &SpectralBinsConstants::radix},
      NamedConstant{"kFactor", &SpectralBinsConstants::factor},
      NamedConstant{"kRowRadix", &SpectralBinsConstants::row_radix},
      NamedConstant{"kRowFactor", &SpectralBinsConstants::row_factor}};
};

}  // namespace gfnet::kernels
