#version 450
// variant: class_map_f16_f32 HALF_IN
// Class activation maps: the head applied to every token, instead of to the tokens' mean, for k
// classes of every image:
//   y[n, j] = x[n] · weight[class j] + bias[class j]
// The head is linear, so the mean of y over the tokens n is the class's logit, up to a constant per
// class (Zhou et al. 2016, eq. 2, for networks whose head follows the mean over positions).
//
//   x       [batch, N, 4·channel_vectors] f32 or f16 (storage.glsl), padded with zeros; any N
//   weight  [classes, 4·channel_vectors] f32, padded with zeros
//   bias    [classes] f32, padded to a multiple of 4
//   pairs   [batch, pair_stride] f32: k pairs per image, as softmax_top_k.comp writes them. The
//           first number of a pair is a class index, the second is not read. With pair_stride = 0
//           all images share one list of pairs
//   y       [batch, N, output_stride] f32, the k maps side by side, padded with zeros to
//           output_stride, a multiple of 4
//
// Threads: x = token, y = element of a token's output (output_stride of them), z = image.
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0) in;

layout(push_constant) uniform Push { ClassMapParameters p; };

layout(binding = 0, std430) readonly buffer X { IN4 x[]; };
layout(binding = 1, std430) readonly buffer Weight { vec4 weight[]; };
layout(binding = 2) uniform samplerBuffer bias;
layout(binding = 3, std430) readonly buffer Pairs { float pairs[]; };
layout(binding = 4, std430) writeonly buffer Y { float y[]; };

void main() {
  const uint token = gl_GlobalInvocationID.x;
  const uint j = gl_GlobalInvocationID.y;
  const uint image = gl_GlobalInvocationID.z;
  if (token >= p.tokens) return;
  float value = 0.0;
  if (j < p.k) {
    // A NaN among the logits can give an invalid class index: clamp it, so that no access is out of
    // bounds.
    const float wanted = pairs[image * p.pair_stride + 2 * j];
    const uint c = min(uint(max(wanted, 0.0)), p.classes - 1);
    const uint row = (image * p.tokens + token) * p.channel_vectors;
    vec4 sum = vec4(0.0);
    for (uint i = 0; i < p.channel_vectors; ++i) {
      sum += widen(x[row + i]) * weight[c * p.channel_vectors + i];
    }
    value = (sum.x + sum.y) + (sum.z + sum.w) + texelFetch(bias, int(c / 4))[c % 4];
  }
  y[(image * p.tokens + token) * p.output_stride + j] = value;
}
