// Push-constant blocks of the shaders that measure a device's peak rates (ceilings), shared between
// GLSL and C++. Scalars only, so that both lay them out alike.
#ifndef GFNET_CEILING_PARAMETERS_H
#define GFNET_CEILING_PARAMETERS_H

#ifdef __cplusplus
#include <cstdint>
namespace gfnet::parameters {
using uint = std::uint32_t;
#endif

// Multiply-adds per accumulator in one pass of ceiling_fma, unrolled.
#define GFNET_CEILING_UNROLL 8

struct CeilingArithmeticParameters {
  uint passes;
  float factor;            // below 1, so that the chains converge to …
  float addend;            // … addend / (1 − factor), far from infinities and subnormal numbers
};

struct CeilingCopyParameters {
  uint vectors;            // vec4s to copy
  uint stride;             // threads of the dispatch along x
};

#ifdef __cplusplus
}  // namespace gfnet::parameters
#endif

#endif  // GFNET_CEILING_PARAMETERS_H
