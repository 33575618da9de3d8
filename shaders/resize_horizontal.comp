// Preprocessing, first half: resamples the rows of a picture, keeping the columns of the crop.
//
// source:       RGB8, [rows, source_width, 3], packed without gaps into words, from source_word on;
//               with WORD_PIXELS one word a pixel, R | G << 8 | B << 16, whose last byte is not looked at
// intermediate: [rows, columns], one word a pixel: R | G << 8 | B << 16; grey in R where channels = 1
//
// intermediate[r, i] = round( Σ_s w(s)·source[r, s] / Σ_s w(s) ),  w(s) = bicubic((s + ½ − c_i) / f),
//   c_i = start + i·step, f = filter_scale; PIL's ImagingResample, whose scalar twin is
//   engine/reference/preprocess.cpp. Grey is ITU-R 601-2 luma, rounded to 8 bits beforehand:
//   (19595 R + 38470 G + 7471 B + 2^15) / 2^16, as PIL's convert("L").
//
// One thread a pixel of the intermediate: x = column, y = row. Any extents.
// The last word of the source may reach up to 3 bytes beyond the picture.
//
// variant: resize_horizontal_words WORD_PIXELS
#version 450
#extension GL_GOOGLE_include_directive : require

#include "resample.glsl"
#include "resize_parameters.h"

layout(local_size_x = 8, local_size_y = 8) in;

layout(std430, binding = 0) readonly buffer Source { uint source[]; };
layout(std430, binding = 1) writeonly buffer Intermediate { uint intermediate[]; };
layout(push_constant) uniform Push { ResizeHorizontalParameters parameters; };

void main() {
  const uint column = gl_GlobalInvocationID.x;
  const uint row = gl_GlobalInvocationID.y;
  if (column >= parameters.columns || row >= parameters.rows) return;

  const Taps taps = find_taps(column, parameters.start_position, parameters.start_fraction,
                              parameters.step_position, parameters.step_fraction,
                              parameters.filter_scale, parameters.source_width);
  const float inverse_scale = 1.0 / parameters.filter_scale;
  const bool grey = parameters.channels == 1;

  // Four pixels lie in three words: `word` is the one that the current pixel starts in, at byte `lane`,
  // and is loaded when the first byte of it is met.
#ifdef WORD_PIXELS
  uint next = parameters.source_word + row * parameters.source_width + uint(taps.begin);
#else
  const uint first_byte = 3 * (row * parameters.source_width + uint(taps.begin));
  uint next = parameters.source_word + (first_byte >> 2);
  uint lane = first_byte & 3;
  uint word = lane == 0 ? 0 : source[next++];
#endif
  vec3 sum = vec3(0.0);
  float weights = 0.0;
  float distance = taps.first_distance;
  for (int tap = taps.begin; tap < taps.end; ++tap) {
#ifdef WORD_PIXELS
    const uint pixel = source[next++];
#else
    uint pixel = word >> (8 * lane);
    if (lane != 1) {
      const uint following = source[next++];
      pixel = lane == 0 ? following : pixel | following << (32 - 8 * lane);
      word = following;
    }
    lane = (lane + 3) & 3;
#endif

    const float weight = bicubic(distance * inverse_scale);
    if (grey) {
      const uint luma = (19595 * (pixel & 0xFFu) + 38470 * ((pixel >> 8) & 0xFFu) +
                         7471 * ((pixel >> 16) & 0xFFu) + 0x8000u) >> 16;
      sum.x += weight * float(luma);
    } else {
      sum += weight * unpack_pixel(pixel);
    }
    weights += weight;
    distance += 1.0;
  }
  intermediate[parameters.destination_word + row * parameters.columns + column] =
      pack_pixel(round_to_bytes(sum / weights));
}
