#pragma once

#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// spectrum_magnitude.comp. An invocation computes one element of the output, so any workgroup size
/// works.
struct SpectrumMagnitudeConstants {
  using Push = parameters::SpectrumMagnitudeParameters;

  std::uint32_t local_size_x;

  Workgroup workgroup() const { return {local_size_x, 1, 1}; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &SpectrumMagnitudeConstants::local_size_x}};
};

}  // namespace gfnet::kernels
