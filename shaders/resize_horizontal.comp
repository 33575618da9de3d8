// Preprocessing, first half: resamples the rows of images to the columns of the crop.
//
//   images        one ResizeImage per image
//   source        the rows of the images. A row starts at any byte; the pixels of a row follow one
//                 another without gaps. A pixel has PIXEL_BYTES bytes:
//                 3: R, G, B    4: R, G, B and an ignored byte    1: grey
//                 is_blue_first: B, G, R instead of R, G, B
//                 With 4 bytes a pixel, every row must start at a multiple of 4 bytes.
//   intermediate  [rows, columns] per image, one word per pixel: R | G << 8 | B << 16, or with
//                 channels = 1 one grey value
//
// intermediate[r, i] = round( Σ_s w(s)·source[r, s] / Σ_s w(s) ),  w(s) = bicubic((s + ½ − c_i) / f),
//   c_i = start + i·step, f = filter_scale. Source: PIL's ImagingResample. The scalar reference is
//   engine/reference/preprocess.cpp.
// Grey is ITU-R 601-2 luma, rounded to 8 bits before resampling, as in PIL's convert("L"):
//   (19595 R + 38470 G + 7471 B + 2^15) / 2^16
//
// Threads: x = column, z = image − first_image. Along y, any number of threads, a multiple of 8,
// share the rows of an image in turn, kResizeRows at a time. So the dispatch does not depend on the
// images' sizes. Images with another number of bytes per pixel are skipped.
// The source buffer must hold every word of the images. Reads beyond its ends read the last word.
//
// variant: resize_horizontal_words PIXEL_BYTES=4
// variant: resize_horizontal_grey PIXEL_BYTES=1
#version 450
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require

#include "resample.glsl"
#include "resize_parameters.h"

#ifndef PIXEL_BYTES
#define PIXEL_BYTES 3
#endif

layout(local_size_x = 8, local_size_y = 8) in;

layout(std430, binding = 0) readonly buffer Images { ResizeImage images[]; };
layout(std430, binding = 1) readonly buffer Source { uint source[]; };
layout(std430, binding = 2) writeonly buffer Intermediate { uint intermediate[]; };
layout(push_constant) uniform Push { ResizeTarget target; };

// The rows that a thread resamples at a time are this far apart, so that all of them start at the
// same place in a word.
const uint kRowDistance = 4;

// Of a pixel's first, second and third byte.
uvec3 luma_weights;

vec3 sums[kResizeRows];
float weights;

// Adds a sample of every row to the sums. distance: from the output sample's centre, divided by
// filter_scale. counts: false gives the samples the weight 0.
void add(uint pixels[kResizeRows], float distance, bool counts) {
  const float weight = counts ? bicubic(distance) : 0.0;
  [[unroll]] for (uint r = 0; r < kResizeRows; ++r) {
    const uint pixel = pixels[r];
    if (target.channels == 1) {
      const uint luma =
          (luma_weights.x * (pixel & 0xFFu) + luma_weights.y * ((pixel >> 8) & 0xFFu) +
           luma_weights.z * ((pixel >> 16) & 0xFFu) + 0x8000u) >> 16;
      sums[r].x += weight * float(luma);
    } else {
      sums[r] += weight * unpack_pixel(pixel);
    }
  }
  weights += weight;
}

void main() {
  const ResizeImage image = images[target.first_image + gl_WorkGroupID.z];
  const uint column = gl_GlobalInvocationID.x;
  if (column >= target.columns || image.pixel_bytes != PIXEL_BYTES) return;

  const Taps taps = find_taps(column, image.column_start_position, image.column_start_fraction,
                              image.column_step_position, image.column_step_fraction,
                              image.column_filter_scale, image.source_columns);
  const float inverse_scale = 1.0 / image.column_filter_scale;
  const uint first = uint(taps.begin);
  const int count = taps.end - taps.begin;
  const uint last_word = uint(source.length()) - 1;
  const bool is_blue_first = image.is_blue_first != 0;
  luma_weights = is_blue_first ? uvec3(7471, 38470, 19595) : uvec3(19595, 38470, 7471);

  const uint thread = gl_GlobalInvocationID.y;
  const uint row_step = gl_NumWorkGroups.y * gl_WorkGroupSize.y * kResizeRows;
  for (uint row = thread / kRowDistance * (kRowDistance * kResizeRows) + thread % kRowDistance;
       row < image.rows; row += row_step) {
    uint words[kResizeRows];
    [[unroll]] for (uint r = 0; r < kResizeRows; ++r) {
      sums[r] = vec3(0.0);
      const uint row_byte =
          image.source_byte + min(row + r * kRowDistance, image.rows - 1) * image.row_bytes;
      words[r] = row_byte / 4;
    }
    weights = 0.0;
    const uint phase = (image.source_byte + row * image.row_bytes) % 4;
    // Each distance below is one sum, in every variant. So its rounding does not depend on the
    // format, nor on where a pixel lies in the words.
#if PIXEL_BYTES == 4
    for (int tap = 0; tap < count; ++tap) {
      uint pixels[kResizeRows];
      [[unroll]] for (uint r = 0; r < kResizeRows; ++r) pixels[r] = source[words[r] + first + uint(tap)];
      add(pixels, (taps.first_distance + float(tap)) * inverse_scale, true);
    }
#elif PIXEL_BYTES == 3
    // Four pixels occupy three words, if the first of them starts at a word. The first and the last
    // group of four may reach beyond the taps, and even before the start of the source.
    const int lead = int((first - phase) % 4);
    uint word = phase + 3 * uint((int(first) - lead - int(phase)) / 4);
    for (int tap = -lead; tap < count; tap += 4) {
      uint pixels[4][kResizeRows];
      [[unroll]] for (uint r = 0; r < kResizeRows; ++r) {
        const uint a = source[min(words[r] + word, last_word)];
        const uint b = source[min(words[r] + word + 1, last_word)];
        const uint c = source[min(words[r] + word + 2, last_word)];
        pixels[0][r] = a;
        pixels[1][r] = a >> 24 | b << 8;
        pixels[2][r] = b >> 16 | c << 16;
        pixels[3][r] = c >> 8;
      }
      [[unroll]] for (int i = 0; i < 4; ++i) {
        add(pixels[i], (taps.first_distance + float(tap + i)) * inverse_scale,
            uint(tap + i) < uint(count));
      }
      word += 3;
    }
#else
    // One word has four pixels. The first and the last word may reach beyond the taps. In place of
    // rows after the last one, the last row is read, which may start elsewhere in a word: one word
    // more than it has may be read then.
    const int lead = int((phase + first) % 4);
    uint word = (phase + first) / 4;
    for (int tap = -lead; tap < count; tap += 4) {
      uint greys[kResizeRows];
      [[unroll]] for (uint r = 0; r < kResizeRows; ++r) {
        greys[r] = source[min(words[r] + word, last_word)];
      }
      [[unroll]] for (int i = 0; i < 4; ++i) {
        uint pixels[kResizeRows];
        [[unroll]] for (uint r = 0; r < kResizeRows; ++r) {
          pixels[r] = (greys[r] >> (8 * i) & 0xFFu) * 0x010101u;
        }
        add(pixels, (taps.first_distance + float(tap + i)) * inverse_scale,
            uint(tap + i) < uint(count));
      }
      ++word;
    }
#endif
    [[unroll]] for (uint r = 0; r < kResizeRows; ++r) {
      const uint result_row = row + r * kRowDistance;
      if (result_row >= image.rows) break;
      const vec3 value = round_to_bytes(sums[r] / weights);
      intermediate[image.row_word + result_row * target.columns + column] =
          pack_pixel(is_blue_first && target.channels == 3 ? value.zyx : value);
    }
  }
}
