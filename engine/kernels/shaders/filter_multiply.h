#pragma once

#include "include/parameters.h"
#include "kernels/shaders/elementwise.h"

namespace gfnet::kernels {

/// filter_multiply.comp. An invocation computes one element of the output.
struct FilterMultiplyConstants : ElementwiseConstants {
  using Push = parameters::FilterMultiplyParameters;
};

}  // namespace gfnet::kernels
