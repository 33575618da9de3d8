#version 450
// Layer normalisation without weights in token layout, one lane to a token. The fastest form on
// lavapipe: layer_norm.comp with one lane to a token reads and writes one number at a time.
//
//   x, y   [batch, tokens, 4·channel vectors] f32; any number of tokens, any C. The padding of x is
//          not used, that of y is zero
//
// The sums over the channels have the order of layer_norm.comp with kLanes = 1, and so the same
// bits. Texel fetches and stores of 64 bits (storage.glsl) do the work of four and of two.
// Threads: x = token, y = image.
#define STORES_64
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0) in;

layout(push_constant) uniform Push { LayerNormParameters p; };

layout(binding = 0) uniform samplerBuffer x;
layout(binding = 1, std430) writeonly buffer Y { OUT4 y[]; };

// Which elements of a token's vector are channels; the others are padding.
bvec4 is_channel(uint vector) {
  return lessThan(4 * vector + uvec4(0, 1, 2, 3), uvec4(p.channels));
}

void main() {
  if (gl_GlobalInvocationID.x >= p.tokens) return;
  const uint vectors = p.padded_channels / 4;
  const uint first = (gl_GlobalInvocationID.y * p.tokens + gl_GlobalInvocationID.x) * vectors;
  const float scale = 1.0 / float(p.channels);

  float sum = 0.0;
  for (uint i = 0; i < vectors; ++i) {
    const vec4 value = mix(vec4(0.0), texelFetch(x, int(first + i)), is_channel(i));
    for (uint part = 0; part < 4; ++part) sum += value[part];
  }
  const float mean = sum * scale;
  float squares = 0.0;
  for (uint i = 0; i < vectors; ++i) {
    const vec4 difference = texelFetch(x, int(first + i)) - mean;
    const vec4 square = mix(vec4(0.0), difference * difference, is_channel(i));
    for (uint part = 0; part < 4; ++part) squares += square[part];
  }
  const float inverse_deviation = 1.0 / sqrt(squares * scale + p.epsilon);
  for (uint i = 0; i < vectors; ++i) {
    const vec4 value = (texelFetch(x, int(first + i)) - mean) * inverse_deviation;
    y[first + i] = narrow(mix(vec4(0.0), value, is_channel(i)));
  }
}
