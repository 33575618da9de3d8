#version 450
// Mean over the tokens of every image: global average pooling before the head.
//
//   x   [batch, N, 4·channel_vectors]
//   y   [batch, 4·channel_vectors]
//
// Threads: x = four channels, y = image.
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"

layout(local_size_x_id = 0) in;

layout(push_constant) uniform Push { TokenMeanParameters p; };

layout(binding = 0, std430) readonly buffer X { vec4 x[]; };
layout(binding = 1, std430) writeonly buffer Y { vec4 y[]; };

void main() {
  const uint vector = gl_GlobalInvocationID.x;
  const uint image = gl_GlobalInvocationID.y;
  if (vector >= p.channel_vectors) return;
  vec4 sum = vec4(0.0);
  for (uint token = 0; token < p.tokens; ++token) {
    sum += x[(image * p.tokens + token) * p.channel_vectors + vector];
  }
  y[image * p.channel_vectors + vector] = sum / float(p.tokens);
}
