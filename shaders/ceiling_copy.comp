#version 450
// Measures memory bandwidth: y ← x, for buffers larger than the device's caches.
//
//   x, y  [vectors] vec4; any number of vectors
//
// Threads: x = stride; thread i copies the vectors i, i + stride, i + 2·stride, …
#extension GL_GOOGLE_include_directive : require
#include "ceiling_parameters.h"

layout(local_size_x_id = 0) in;

layout(push_constant) uniform Push { CeilingCopyParameters p; };

layout(binding = 0, std430) readonly buffer X { vec4 x[]; };
layout(binding = 1, std430) writeonly buffer Y { vec4 y[]; };

void main() {
  for (uint i = gl_GlobalInvocationID.x; i < p.vectors; i += p.stride) y[i] = x[i];
}
