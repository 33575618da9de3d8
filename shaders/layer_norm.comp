#version 450
// variant: layer_norm_f16 HALF_IN HALF_OUT
// variant: layer_norm_f32_f16 HALF_OUT
// variant: layer_norm_f16_f32 HALF_IN
// Layer normalisation over the channels of every token: y = (x − mean) / √(variance + ε) (Ba et al.
// 2016, eq. 3). Gain and bias are not applied here: the passes fold them into the next operation.
// The shader can also convert between token layout and plane layout.
//
//   x, y   [batch, N, padded C] in token layout, rows padded with zeros, or [batch, C, N] in plane
//          layout (x if kPlanesIn, y if kPlanesOut); each f32 or f16 (storage.glsl); any N, any C
//
// A workgroup normalises kTokens tokens, with kLanes invocations per token. Neighbouring
// invocations access neighbouring memory: channels of one token in token layout, tokens of one
// channel in plane layout.
// Mean and variance take two passes over x, so that a large mean costs no precision. The lanes'
// partial sums are added in shared memory. All arithmetic is in f32.
// Threads: x = kLanes · tokens (workgroups of kTokens · kLanes), y = image.
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kTokens = 16;
layout(constant_id = 2) const uint kLanes = 16;
layout(constant_id = 3) const bool kPlanesIn = false;
layout(constant_id = 4) const bool kPlanesOut = false;

layout(push_constant) uniform Push { LayerNormParameters p; };

layout(binding = 0, std430) readonly buffer X { IN x[]; };
layout(binding = 1, std430) writeonly buffer Y { OUT y[]; };

shared float partial[kTokens * kLanes];

// Returns (token in the workgroup, lane of that token) for this invocation, in the given layout.
uvec2 place(bool planes) {
  const uint i = gl_LocalInvocationID.x;
  return planes ? uvec2(i % kTokens, i / kTokens) : uvec2(i / kLanes, i % kLanes);
}

uint offset_of(bool planes, uint token, uint channel) {
  const uint image = gl_GlobalInvocationID.y;
  return planes ? (image * p.channels + channel) * p.tokens + token
                : (image * p.tokens + token) * p.padded_channels + channel;
}

float sum_of_lanes(uvec2 at, float value, uint token) {
  barrier();
  partial[at.x * kLanes + at.y] = value;
  barrier();
  float sum = 0.0;
  for (uint lane = 0; lane < kLanes; ++lane) sum += partial[token * kLanes + lane];
  return sum;
}

void main() {
  const uint first = gl_WorkGroupID.x * kTokens;
  const uvec2 in_place = place(kPlanesIn);
  const uvec2 out_place = place(kPlanesOut);
  // Invocations past the last token process it again, so that all of them reach the barriers.
  const uint in_token = min(first + in_place.x, p.tokens - 1);
  const float scale = 1.0 / float(p.channels);

  float sum = 0.0;
  for (uint c = in_place.y; c < p.channels; c += kLanes) {
    sum += float(x[offset_of(kPlanesIn, in_token, c)]);
  }
  const float in_mean = sum_of_lanes(in_place, sum, in_place.x) * scale;
  float squares = 0.0;
  for (uint c = in_place.y; c < p.channels; c += kLanes) {
    const float difference = float(x[offset_of(kPlanesIn, in_token, c)]) - in_mean;
    squares += difference * difference;
  }
  const float variance = sum_of_lanes(in_place, squares, out_place.x) * scale;

  // If the layouts differ, an invocation may write another token than it read. Then it needs the
  // mean of the token that it writes.
  const float mean = sum_of_lanes(in_place, sum, out_place.x) * scale;
  const uint out_token = first + out_place.x;
  if (out_token >= p.tokens) return;
  const float inverse_deviation = 1.0 / sqrt(variance + p.epsilon);
  const uint stored = kPlanesOut ? p.channels : p.padded_channels;
  for (uint c = out_place.y; c < stored; c += kLanes) {
    const float value = c < p.channels
        ? (float(x[offset_of(kPlanesIn, out_token, c)]) - mean) * inverse_deviation : 0.0;
    y[offset_of(kPlanesOut, out_token, c)] = NARROW(value);
  }
}
