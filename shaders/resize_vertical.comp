// Preprocessing, second half: resamples the columns of the intermediate image to the rows of the
// crop, and normalises.
//
//   intermediate  [source_rows, columns], one word per pixel: R | G << 8 | B << 16, from word
//                 source_word on
//   destination   f32 planes [C, H, W], C = channels (3 or 1), H = rows, W = columns, from
//                 destination_element on (image n of a batch [N, C, H, W] starts at n·C·H·W)
//
// destination[c, j, x] = v·scale_c + bias_c,
// v = round( Σ_s w(s)·intermediate[s, x].c / Σ_s w(s) ),  w(s) = bicubic((s + ½ − c_j) / f),
//   c_j = start + j·step, f = filter_scale, scale = 1 / (255·std), bias = −mean / std.
//   Source: PIL's ImagingResample. The scalar reference is engine/reference/preprocess.cpp.
//
// Threads: x = column, y = row of the crop. Any sizes.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "resample.glsl"
#include "resize_parameters.h"

layout(local_size_x = 8, local_size_y = 8) in;

layout(std430, binding = 0) readonly buffer Intermediate { uint intermediate[]; };
layout(std430, binding = 1) writeonly buffer Destination { float destination[]; };
layout(push_constant) uniform Push { ResizeVerticalParameters parameters; };

void main() {
  const uint column = gl_GlobalInvocationID.x;
  const uint row = gl_GlobalInvocationID.y;
  if (column >= parameters.columns || row >= parameters.rows) return;

  const Taps taps = find_taps(row, parameters.start_position, parameters.start_fraction,
                              parameters.step_position, parameters.step_fraction,
                              parameters.filter_scale, parameters.source_rows);
  const float inverse_scale = 1.0 / parameters.filter_scale;

  uint word = parameters.source_word + uint(taps.begin) * parameters.columns + column;
  vec3 sum = vec3(0.0);
  float weights = 0.0;
  float distance = taps.first_distance;
  for (int tap = taps.begin; tap < taps.end; ++tap) {
    const float weight = bicubic(distance * inverse_scale);
    sum += weight * unpack_pixel(intermediate[word]);
    weights += weight;
    distance += 1.0;
    word += parameters.columns;
  }

  const vec3 value = round_to_bytes(sum / weights) *
                         vec3(parameters.scale_0, parameters.scale_1, parameters.scale_2) +
                     vec3(parameters.bias_0, parameters.bias_1, parameters.bias_2);
  const uint plane = parameters.rows * parameters.columns;
  const uint element = parameters.destination_element + row * parameters.columns + column;
  destination[element] = value.x;
  if (parameters.channels == 3) {
    destination[element + plane] = value.y;
    destination[element + 2 * plane] = value.z;
  }
}
