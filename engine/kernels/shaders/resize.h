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
