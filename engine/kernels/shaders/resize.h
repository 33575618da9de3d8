#pragma once

#include "include/resize_parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// resize_horizontal.comp and its variants. These shaders have no specialisation constants.
struct ResizeHorizontalConstants {
  using Push = parameters::ResizeTarget;

  Workgroup workgroup() const { return {8, 8, 1}; }

  static constexpr std::tuple<> kConstants{};
};

/// resize_horizontal_texels.comp. A workgroup is one subgroup; each lane computes
/// parameters::kResizeTexelColumns columns of a row.
struct ResizeHorizontalTexelsConstants {
  using Push = parameters::ResizeTarget;

  /// Width of a subgroup: 4, 8 or 16.
  std::uint32_t lanes;

  Workgroup workgroup() const { return {lanes, 1, 1}; }
  std::uint32_t subgroup_width() const { return lanes; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &ResizeHorizontalTexelsConstants::lanes}};
};

/// resize_vertical.comp. The shader has no specialisation constants.
struct ResizeVerticalConstants {
  using Push = parameters::ResizeTarget;

  Workgroup workgroup() const { return {8, 8, 1}; }

  static constexpr std::tuple<> kConstants{};
};

/// copy_rows.comp. The shader has no specialisation constants.
struct CopyRowsConstants {
  using Push = parameters::ResizeTarget;

  Workgroup workgroup() const { return {64, 1, 1}; }

  static constexpr std::tuple<> kConstants{};
};

}  // namespace gfnet::kernels
