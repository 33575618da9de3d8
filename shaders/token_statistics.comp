#version 450
// Mean and inverse deviation of every token over its channels; other kernels normalise with them:
//   mean = Σ x / C,   inverse deviation = 1 / √(Σ (x − mean)² / C + ε)     (Ba et al. 2016, eq. 3)
//
//   x   [tokens, 4·channel_vectors] f32, padded with zeros; any number of tokens, any C
//   y   [tokens] (mean, inverse deviation, 0, 0) f32
//
// Two passes over x, so that a large mean costs no precision. A workgroup processes kTokens tokens,
// with kLanes invocations per token. Neighbouring invocations read neighbouring vectors, and shared
// memory adds their sums. With kLanes = 1 nothing is shared and there is no barrier.
// Threads: x = kLanes · tokens (workgroups of kTokens · kLanes).
//
// Software drivers read texel buffers several times faster than storage buffers:
// variant: token_statistics_texels TEXELS
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kTokens = 16;
layout(constant_id = 2) const uint kLanes = 16;

layout(push_constant) uniform Push { TokenStatisticsParameters p; };

#ifdef TEXELS
layout(binding = 0) uniform samplerBuffer x;
vec4 x_at(uint i) { return texelFetch(x, int(i)); }
#else
layout(binding = 0, std430) readonly buffer X { vec4 x[]; };
vec4 x_at(uint i) { return x[i]; }
#endif
layout(binding = 1, std430) writeonly buffer Y { vec4 y[]; };

shared float partial[kTokens * kLanes];

float sum_of_lanes(vec4 value) {
  const float own = (value.x + value.y) + (value.z + value.w);
  if (kLanes == 1) return own;
  const uint first = gl_LocalInvocationID.x / kLanes * kLanes;
  barrier();
  partial[gl_LocalInvocationID.x] = own;
  barrier();
  float sum = 0.0;
  for (uint lane = 0; lane < kLanes; ++lane) sum += partial[first + lane];
  return sum;
}

void main() {
  const uint wanted = gl_WorkGroupID.x * kTokens + gl_LocalInvocationID.x / kLanes;
  const uint lane = gl_LocalInvocationID.x % kLanes;
  // Invocations past the last token process it again, so that all of them reach the barriers.
  const uint token = min(wanted, p.tokens - 1);
  const float scale = 1.0 / float(p.channels);

  vec4 sum = vec4(0.0);
  for (uint c = lane; c < p.channel_vectors; c += kLanes) {
    sum += x_at(token * p.channel_vectors + c);
  }
  const float mean = sum_of_lanes(sum) * scale;
  vec4 squares = vec4(0.0);
  for (uint c = lane; c < p.channel_vectors; c += kLanes) {
    const vec4 difference = x_at(token * p.channel_vectors + c) - mean;
    const bvec4 is_channel = lessThan(4 * c + uvec4(0, 1, 2, 3), uvec4(p.channels));
    squares += mix(vec4(0.0), difference * difference, is_channel);
  }
  const float variance = sum_of_lanes(squares) * scale;
  if (lane == 0 && wanted < p.tokens) {
    y[token] = vec4(mean, 1.0 / sqrt(variance + p.epsilon), 0.0, 0.0);
  }
}
