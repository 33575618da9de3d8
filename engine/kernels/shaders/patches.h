#pragma once

#include "include/parameters.h"
#include "kernels/shaders/elementwise.h"

namespace gfnet::kernels {

/// patches.comp. An invocation computes one element of the output.
struct PatchesConstants : ElementwiseConstants {
  using Push = parameters::PatchesParameters;
};

}  // namespace gfnet::kernels
