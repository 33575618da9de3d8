#version 450
// variant: ceiling_fma_fp16 GFNET_HALF
// How fast a device multiplies and adds: x ← x·factor + addend, over and over, in registers only.
// Single precision as ceiling_fma, packed halves as ceiling_fma_fp16.
//
//   result  [threads] f32, the sum of a thread's accumulators
//
// Each of kVectors vec4s is four chains of their own, so that no multiply-add waits for the one
// before it; each starts elsewhere, so that none can stand in for another; and factor, addend and
// the number of passes are known at run time only, so that nothing can be computed beforehand.
// Without kFused the driver may still fuse the two.
// Arithmetic: 2 · 4 · kVectors · GFNET_CEILING_UNROLL · passes a thread.
// Threads: x.
#extension GL_GOOGLE_include_directive : require
#include "ceiling_parameters.h"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kVectors = 4;
layout(constant_id = 2) const bool kFused = true;

layout(push_constant) uniform Push { CeilingArithmeticParameters p; };

layout(binding = 0, std430) writeonly buffer Result { float result[]; };

#ifdef GFNET_HALF
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#define VECTOR f16vec4
#else
#define VECTOR vec4
#endif

#define ONCE \
  for (uint i = 0; i < kVectors; ++i) x[i] = kFused ? fma(x[i], factor, addend) : x[i] * factor + addend;

void main() {
  const VECTOR factor = VECTOR(vec4(p.factor));
  const VECTOR addend = VECTOR(vec4(p.addend));
  VECTOR x[kVectors];
  for (uint i = 0; i < kVectors; ++i) {
    x[i] = VECTOR(float(gl_GlobalInvocationID.x & 15u) + 0.25 * float(i) +
                  vec4(0.0, 0.0625, 0.125, 0.1875));
  }
  for (uint pass = 0; pass < p.passes; ++pass) {
    ONCE ONCE ONCE ONCE ONCE ONCE ONCE ONCE  // GFNET_CEILING_UNROLL of them
  }
  vec4 sum = vec4(0.0);
  for (uint i = 0; i < kVectors; ++i) sum += vec4(x[i]);
  result[gl_GlobalInvocationID.x] = dot(sum, vec4(1.0));
}
