// Push-constant blocks of the shaders that measure a device's ceilings, shared between GLSL and C++:
// scalars only. Each is described in the shader of its name.
#ifndef GFNET_CEILING_PARAMETERS_H
#define GFNET_CEILING_PARAMETERS_H

#ifdef __cplusplus
#include <cstdint>
namespace gfnet::parameters {
using uint = std::uint32_t;
#endif

// How often a pass of ceiling_fma goes over its accumulators without a loop's jump in between.
#define GFNET_CEILING_UNROLL 8

struct CeilingArithmeticParameters {
  uint passes;
  float factor;            // below 1, so that the chains converge to …
  float addend;            // … addend / (1 − factor), far from infinities and subnormal numbers
};

struct CeilingCopyParameters {
  uint vectors;            // vec4s to copy
  uint stride;             // threads
};

#ifdef __cplusplus
}  // namespace gfnet::parameters
#endif

#endif  // GFNET_CEILING_PARAMETERS_H
