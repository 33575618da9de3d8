#version 450
// Magnitude of a layer's spectrum before and after its filter, averaged over the channels c:
//   X_c = weight_c · spectrum_c, plus tokens · bias_c in bin (0, 0)
//   y   = scale · (Σ_c |X_c|, Σ_c gain_c · |X_c|)
// X is the transform of the layer normalisation with its weight and bias. gain = |K|, so the second
// sum is that of |K ⊙ X| = |K|·|X| (Rao et al. 2021, eq. 3).
//
//   spectrum  [batch, C, bins] complex f32: unnormalised transform of the tokens after layer
//             normalisation without weight and bias; bins = H · (W/2+1)
//   weight, bias  [C] f32, of the layer normalisation, padded to a multiple of 4
//   gain      [C, bins] f32, |K|
//   y         [batch, bins] (before, after, 0, 0) f32
//
// Any H, W, C. Threads: x = bin, y = image; neighbouring threads read neighbouring bins.
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"

layout(local_size_x_id = 0) in;

layout(push_constant) uniform Push { SpectrumMagnitudeParameters p; };

layout(binding = 0, std430) readonly buffer Spectrum { vec2 spectrum[]; };
layout(binding = 1) uniform samplerBuffer weight;
layout(binding = 2) uniform samplerBuffer bias;
layout(binding = 3, std430) readonly buffer Gain { float gain[]; };
layout(binding = 4, std430) writeonly buffer Y { vec4 y[]; };

void main() {
  const uint bin = gl_GlobalInvocationID.x;
  const uint image = gl_GlobalInvocationID.y;
  if (bin >= p.bins) return;
  vec2 sum = vec2(0.0);
  for (uint c = 0; c < p.channels; ++c) {
    const uint at = (image * p.channels + c) * p.bins + bin;
    vec2 value = texelFetch(weight, int(c / 4))[c % 4] * spectrum[at];
    if (bin == 0) value.x += p.tokens * texelFetch(bias, int(c / 4))[c % 4];
    const float magnitude = sqrt(dot(value, value));
    sum += magnitude * vec2(1.0, gain[c * p.bins + bin]);
  }
  y[image * p.bins + bin] = vec4(sum * p.scale, 0.0, 0.0);
}
