#version 450
// Y = X ⊙ K: the learned global filter in the frequency domain (Rao et al. 2021, eq. 4). Adds the
// channel's bias to bin (0, 0); an unnormalised inverse then adds it to every element of the plane.
//
//   spectrum  [batch, C, bins] complex f32, X, replaced by Y in place; bins = H · (W/2+1)
//   filter    [C, bins] complex f32, K divided by H·W
//   bias      [C] f32
//
// Any H, W, C. Threads: x = bin, y = channel, z = image.
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"

layout(local_size_x_id = 0, local_size_y_id = 1) in;

layout(push_constant) uniform Push { FilterMultiplyParameters p; };

layout(binding = 0, std430) readonly buffer Filter { vec2 filter_bins[]; };
layout(binding = 1, std430) readonly buffer Bias { float bias[]; };
layout(binding = 2, std430) buffer Spectrum { vec2 spectrum[]; };

void main() {
  const uint bin = gl_GlobalInvocationID.x;
  const uint channel = gl_GlobalInvocationID.y;
  if (bin >= p.bins || channel >= p.channels) return;
  const uint at = (gl_GlobalInvocationID.z * p.channels + channel) * p.bins + bin;
  const vec2 a = spectrum[at];
  const vec2 k = filter_bins[channel * p.bins + bin];
  vec2 product = vec2(a.x * k.x - a.y * k.y, a.x * k.y + a.y * k.x);
  if (bin == 0) product.x += bias[channel];
  spectrum[at] = product;
}
