// Preprocessing, first half: resamples the rows of an image to the columns of the crop.
//
//   source        RGB8 [rows, source_width, 3], packed without gaps into words, from source_word on
//                 WORD_PIXELS: one word per pixel, R | G << 8 | B << 16; the last byte is ignored
//   intermediate  [rows, columns], one word per pixel: R | G << 8 | B << 16, or with channels = 1
//                 one grey value
//
// intermediate[r, i] = round( Σ_s w(s)·source[r, s] / Σ_s w(s) ),  w(s) = bicubic((s + ½ − c_i) / f),
//   c_i = start + i·step, f = filter_scale. Source: PIL's ImagingResample. The scalar reference is
//   engine/reference/preprocess.cpp.
// Grey is ITU-R 601-2 luma, rounded to 8 bits before resampling, as in PIL's convert("L"):
//   (19595 R + 38470 G + 7471 B + 2^15) / 2^16
//
// Threads: x = column, y = row of the intermediate. Any sizes.
// The source buffer must hold every word of the image. Reads beyond its last word are clamped to it.
//
// variant: resize_horizontal_words WORD_PIXELS
#version 450
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require

#include "resample.glsl"
#include "resize_parameters.h"

layout(local_size_x = 8, local_size_y = 8) in;

layout(std430, binding = 0) readonly buffer Source { uint source[]; };
layout(std430, binding = 1) writeonly buffer Intermediate { uint intermediate[]; };
layout(push_constant) uniform Push { ResizeHorizontalParameters parameters; };

vec3 sum = vec3(0.0);
float weights = 0.0;

// Adds a sample to the sums. distance: from the output sample's centre, divided by filter_scale.
// counts: false gives the sample the weight 0.
void add(uint pixel, float distance, bool counts) {
  const float weight = counts ? bicubic(distance) : 0.0;
  if (parameters.channels == 1) {
    const uint luma = (19595 * (pixel & 0xFFu) + 38470 * ((pixel >> 8) & 0xFFu) +
                       7471 * ((pixel >> 16) & 0xFFu) + 0x8000u) >> 16;
    sum.x += weight * float(luma);
  } else {
    sum += weight * unpack_pixel(pixel);
  }
  weights += weight;
}

void main() {
  const uint column = gl_GlobalInvocationID.x;
  const uint row = gl_GlobalInvocationID.y;
  if (column >= parameters.columns || row >= parameters.rows) return;

  const Taps taps = find_taps(column, parameters.start_position, parameters.start_fraction,
                              parameters.step_position, parameters.step_fraction,
                              parameters.filter_scale, parameters.source_width);
  const float inverse_scale = 1.0 / parameters.filter_scale;
  const uint first = row * parameters.source_width + uint(taps.begin);
#ifdef WORD_PIXELS
  uint word = parameters.source_word + first;
  for (int tap = 0; tap < taps.end - taps.begin; ++tap) {
    add(source[word++], (taps.first_distance + float(tap)) * inverse_scale, true);
  }
#else
  // Four pixels occupy three words. The first and the last group of four may reach beyond the taps.
  uint word = parameters.source_word + 3 * (first / 4);
  const uint last_word = uint(source.length()) - 1;
  const int count = taps.end - taps.begin;
  for (int tap = -int(first % 4); tap < count; tap += 4) {
    const uint words[] = {source[word], source[min(word + 1, last_word)],
                          source[min(word + 2, last_word)]};
    const uint pixels[] = {words[0], words[0] >> 24 | words[1] << 8,
                           words[1] >> 16 | words[2] << 16, words[2] >> 8};
    // Each distance is one sum, as in the WORD_PIXELS branch. So its rounding does not depend on
    // where the pixel lies in the words.
    [[unroll]] for (int i = 0; i < 4; ++i) {
      add(pixels[i], (taps.first_distance + float(tap + i)) * inverse_scale,
          uint(tap + i) < uint(count));
    }
    word += 3;
  }
#endif
  intermediate[parameters.destination_word + row * parameters.columns + column] =
      pack_pixel(round_to_bytes(sum / weights));
}
