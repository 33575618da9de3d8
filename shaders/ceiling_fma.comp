#version 450
// variant: ceiling_fma_fp16 GFNET_HALF
// Measures arithmetic throughput: repeats x ← x·factor + addend in registers only.
// ceiling_fma computes in f32, ceiling_fma_fp16 in packed f16.
//
//   result  [threads] f32, the sum of a thread's accumulators
//
// The kVectors vec4s are 4·kVectors independent chains, so that no multiply-add waits for the one
// before it. All chains start with different values, so that the compiler cannot merge them.
// factor, addend and passes are push constants, so that the compiler cannot compute the result.
// kFused: use fma(). Without it, the driver may still fuse the multiplication and the addition.
// Operations per thread: 2 · 4 · kVectors · GFNET_CEILING_UNROLL · passes.
// Threads: x = any number; each computes its own result.
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
