#pragma once

#include "kernels/specialize.h"

namespace gfnet::kernels {

/// The constants of shaders in which each invocation computes elements by itself, so that any
/// workgroup size works. A shader's struct adds Push.
struct ElementwiseConstants {
  std::uint32_t local_size_x;
  std::uint32_t local_size_y;

  Workgroup workgroup() const { return {local_size_x, local_size_y, 1}; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &ElementwiseConstants::local_size_x},
      NamedConstant{"local_size_y", &ElementwiseConstants::local_size_y}};
};

}  // namespace gfnet::kernels
