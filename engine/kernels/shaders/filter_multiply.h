#pragma once

#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// filter_multiply.comp. An invocation computes one element of the output, so any workgroup size
/// works.
struct FilterMultiplyConstants {
  using Push = parameters::FilterMultiplyParameters;

  std::uint32_t local_size_x;
  std::uint32_t local_size_y;

  Workgroup workgroup() const { return {local_size_x, local_size_y, 1}; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &FilterMultiplyConstants::local_size_x},
      NamedConstant{"local_size_y", &FilterMultiplyConstants::local_size_y}};
};

}  // namespace gfnet::kernels
