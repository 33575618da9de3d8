#version 450
// variant: token_mean_f16 HALF_IN HALF_OUT
// Global average pooling before the head: y[c] = Σ_n x[n, c] / N, over the tokens n of every image.
//
//   x   [batch, N, 4·channel_vectors], any N
//   y   [batch, 4·channel_vectors]; both f32 or both f16 (storage.glsl), summed in f32
//
// Threads: x = vector of four channels, y = image.
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0) in;

layout(push_constant) uniform Push { TokenMeanParameters p; };

layout(binding = 0, std430) readonly buffer X { IN4 x[]; };
layout(binding = 1, std430) writeonly buffer Y { OUT4 y[]; };

void main() {
  const uint vector = gl_GlobalInvocationID.x;
  const uint image = gl_GlobalInvocationID.y;
  if (vector >= p.channel_vectors) return;
  vec4 sum = vec4(0.0);
  for (uint token = 0; token < p.tokens; ++token) {
    sum += widen(x[(image * p.tokens + token) * p.channel_vectors + vector]);
  }
  y[image * p.channel_vectors + vector] = narrow(sum / float(p.tokens));
}
