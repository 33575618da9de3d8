// Preprocessing, second half: resamples the columns of the intermediate images to the rows of the
// crop, and normalises.
//
//   images        one ResizeImage per image
//   intermediate  [intermediate_rows, columns] per image, one word per pixel: R | G << 8 | B << 16
//   destination   f32 planes [C, H, W] per image, C = channels (3 or 1), H = rows, W = columns, from
//                 destination_element on (image n of a batch [N, C, H, W] starts at n·C·H·W)
//
// destination[c, j, x] = v·scale_c + bias_c,
// v = round( Σ_s w(s)·intermediate[s, x].c / Σ_s w(s) ),  w(s) = bicubic((s + ½ − c_j) / f),
//   c_j = start + j·step, f = filter_scale, scale = 1 / (255·std), bias = −mean / std.
//   Source: PIL's ImagingResample. The scalar reference is engine/reference/preprocess.cpp.
//
// Threads: x = kResizeColumns columns, a workgroup's width apart; y = row of the crop; z = image −
// first_image. Any sizes.
#version 450
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require

#include "resample.glsl"
#include "resize_parameters.h"

layout(local_size_x = 8, local_size_y = 8) in;

layout(std430, binding = 0) readonly buffer Images { ResizeImage images[]; };
layout(std430, binding = 1) readonly buffer Intermediate { uint intermediate[]; };
layout(std430, binding = 2) writeonly buffer Destination { float destination[]; };
layout(push_constant) uniform Push { ResizeTarget target; };

void main() {
  const ResizeImage image = images[target.first_image + gl_WorkGroupID.z];
  const uint column =
      gl_WorkGroupID.x * (kResizeColumns * gl_WorkGroupSize.x) + gl_LocalInvocationID.x;
  const uint row = gl_GlobalInvocationID.y;
  if (column >= target.columns || row >= image.output_rows) return;

  const Taps taps = find_taps(row, image.row_start_position, image.row_start_fraction,
                              image.row_step_position, image.row_step_fraction,
                              image.row_filter_scale, image.intermediate_rows);
  const float inverse_scale = 1.0 / image.row_filter_scale;

  // Columns beyond the last one repeat it; their results are not stored.
  uint columns[kResizeColumns];
  vec3 sums[kResizeColumns];
  [[unroll]] for (uint c = 0; c < kResizeColumns; ++c) {
    columns[c] = min(column + c * gl_WorkGroupSize.x, target.columns - 1);
    sums[c] = vec3(0.0);
  }
  uint word = image.intermediate_word + uint(taps.begin) * target.columns;
  float weights = 0.0;
  float distance = taps.first_distance;
  for (int tap = taps.begin; tap < taps.end; ++tap) {
    const float weight = bicubic(distance * inverse_scale);
    [[unroll]] for (uint c = 0; c < kResizeColumns; ++c) {
      sums[c] += weight * unpack_pixel(intermediate[word + columns[c]]);
    }
    weights += weight;
    distance += 1.0;
    word += target.columns;
  }

  const uint plane = target.rows * target.columns;
  [[unroll]] for (uint c = 0; c < kResizeColumns; ++c) {
    if (column + c * gl_WorkGroupSize.x >= target.columns) break;
    const vec3 value = round_to_bytes(sums[c] / weights) *
                           vec3(target.scale_0, target.scale_1, target.scale_2) +
                       vec3(target.bias_0, target.bias_1, target.bias_2);
    const uint element = image.destination_element + row * target.columns + columns[c];
    destination[element] = value.x;
    if (target.channels == 3) {
      destination[element + plane] = value.y;
      destination[element + 2 * plane] = value.z;
    }
  }
}
