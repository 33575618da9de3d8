#version 450
// The k most probable classes of every image, with their probabilities by softmax:
//   p[c] = exp(logit[c] − largest logit) / Σ_j exp(logit[j] − largest logit)
// A single logit belongs to a binary classifier: its probability is 1 / (1 + exp(−logit)).
//
//   logits  [batch, logit_stride] f32; the first `classes` elements of each row are used
//   y       [batch, output_stride] f32: k pairs (class, probability), most probable first, ties by
//           lower class, padded with zeros; a class index is exact in f32 below 2^24
//
// A workgroup of 64 invocations processes one image. Classes are ordered by logit, then by index.
// Each of k rounds finds the class that follows the previous one in this order, so that the shader
// needs no list of classes already found.
// NaN logits come last, by index. The probabilities are then undefined, because Vulkan does not
// guarantee arithmetic with NaN.
// Loops with barriers are not unrolled: software drivers would compile each barrier anew.
// Threads: x = one workgroup, y = image.
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"

layout(local_size_x = 64) in;

layout(push_constant) uniform Push { SoftmaxTopKParameters p; };

layout(binding = 0, std430) readonly buffer Logits { float logits[]; };
layout(binding = 1, std430) writeonly buffer Y { float y[]; };

#define kLowest uintBitsToFloat(0xff800000u)  // −∞
const uint kNone = 0xffffffffu;

shared float best_value[64];
shared uint best_class[64];
shared float sums[64];

float logit(uint c) {
  const float value = logits[gl_WorkGroupID.y * p.logit_stride + c];
  // NaN is detected by its bits, because a driver may assume that isnan() is never true.
  return (floatBitsToUint(value) & 0x7fffffffu) > 0x7f800000u ? kLowest : value;
}

bool comes_before(float value_a, uint class_a, float value_b, uint class_b) {
  return value_a > value_b || (value_a == value_b && class_a < class_b);
}

// Finds the class that follows (value, index) in the order, or if `any` the first of all classes.
// Writes it to best_value[0] and best_class[0].
void find_next(float value, uint index, bool any) {
  const uint lane = gl_LocalInvocationID.x;
  float my_value = kLowest;
  uint my_class = kNone;
  for (uint c = lane; c < p.classes; c += 64) {
    const float candidate = logit(c);
    if (any || comes_before(value, index, candidate, c)) {
      if (my_class == kNone || comes_before(candidate, c, my_value, my_class)) {
        my_value = candidate;
        my_class = c;
      }
    }
  }
  barrier();
  best_value[lane] = my_value;
  best_class[lane] = my_class;
  [[dont_unroll]] for (uint half_width = 32; half_width > 0; half_width /= 2) {
    barrier();
    if (lane < half_width &&
        comes_before(best_value[lane + half_width], best_class[lane + half_width],
                     best_value[lane], best_class[lane])) {
      best_value[lane] = best_value[lane + half_width];
      best_class[lane] = best_class[lane + half_width];
    }
  }
  barrier();
}

void main() {
  const uint lane = gl_LocalInvocationID.x;
  const uint out_row = gl_WorkGroupID.y * p.output_stride;

  find_next(0.0, 0, true);
  float value = best_value[0];
  uint index = best_class[0];
  const float largest = value;

  float sum = 0.0;
  for (uint c = lane; c < p.classes; c += 64) {
    sum += exp(logits[gl_WorkGroupID.y * p.logit_stride + c] - largest);
  }
  sums[lane] = sum;
  [[dont_unroll]] for (uint half_width = 32; half_width > 0; half_width /= 2) {
    barrier();
    if (lane < half_width) sums[lane] += sums[lane + half_width];
  }
  barrier();
  const float total = sums[0];

  for (uint i = 0; i < p.k; ++i) {
    if (i > 0) {
      find_next(value, index, false);
      value = best_value[0];
      index = best_class[0];
    }
    if (lane == 0) {
      y[out_row + 2 * i] = float(index);
      const float single = logits[gl_WorkGroupID.y * p.logit_stride];
      y[out_row + 2 * i + 1] = p.classes == 1 ? 1.0 / (1.0 + exp(-single))
                                              : exp(value - largest) / total;
    }
  }
  // Rows are padded with zeros to a multiple of four elements.
  for (uint i = 2 * p.k + lane; i < p.output_stride; i += 64) y[out_row + i] = 0.0;
}
