// Preprocessing, first half, for software drivers: gives the same bits as resize_horizontal.comp,
// from images of 3 bytes a pixel for networks of three channels.
//
//   images        one ResizeImage per image
//   source        the rows of the images, as a texel buffer of four words a texel: 16 bytes. A row
//                 starts at a multiple of 16 bytes. What is read after the end of a row gets no
//                 weight. Reads beyond the last texel read the last one.
//   intermediate  [rows, columns] per image, one word per pixel: R | G << 8 | B << 16
//
// A workgroup is one subgroup of kLanes invocations, 4, 8 or 16. A lane owns a row, and computes
// kColumns columns of it. The order of the work suits lavapipe:
//   - A load from a storage buffer costs a bounds check and a branch per lane, a texel fetch does
//     not. Three fetches give the sixteen pixels of a step. Where an image shrinks, a pixel belongs
//     to about four columns, and it is fetched and unpacked once for them.
//   - All lanes need the same weights. Each lane computes one of kLanes weights, and
//     subgroupBroadcast gives all lanes all of them.
//   - A sum that lives across iterations of a loop costs a load, a store and a blend by the
//     execution mask, so a step is sixteen pixels.
// A pixel that a column does not use gets the weight 0, which leaves the sums as they are.
//
// Threads: x = kLanes per kColumns columns, z = image − first_image. Along y, any number of
// workgroups share the rows of an image in turn, kLanes rows at a time. Images with another number
// of bytes per pixel are skipped.
#version 450
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_ballot : require

#include "resample.glsl"
#include "resize_parameters.h"

layout(local_size_x_id = 0) in;
const uint kLanes = gl_WorkGroupSize.x;  // the device's subgroup size, 4, 8 or 16

layout(std430, binding = 0) readonly buffer Images { ResizeImage images[]; };
layout(binding = 1) uniform usamplerBuffer source;
layout(std430, binding = 2) writeonly buffer Intermediate { uint intermediate[]; };
layout(push_constant) uniform Push { ResizeTarget target; };

const uint kColumns = kResizeTexelColumns;
const int kPixels = 16;  // of a step: three texels

void main() {
  const ResizeImage image = images[target.first_image + gl_WorkGroupID.z];
  if (image.pixel_bytes != 3) return;
  const uint lane = gl_SubgroupInvocationID;

  // Of the column whose weights this lane computes. Columns beyond the last one repeat it; their
  // results are not stored.
  const uint first_column = gl_WorkGroupID.x * kColumns;
  const Taps taps = find_taps(min(first_column + lane % kColumns, target.columns - 1),
                              image.column_start_position, image.column_start_fraction,
                              image.column_step_position, image.column_step_fraction,
                              image.column_filter_scale, image.source_columns);
  const float inverse_scale = 1.0 / image.column_filter_scale;
  const uint count = uint(taps.end - taps.begin);
  const int begin = subgroupBroadcast(taps.begin, 0) / kPixels * kPixels;
  const int last_texel = textureSize(source) - 1;
  const int end = subgroupBroadcast(taps.end, kColumns - 1);

  for (uint first_row = gl_WorkGroupID.y * kLanes; first_row < image.rows;
       first_row += gl_NumWorkGroups.y * kLanes) {
    const uint row = first_row + lane;
    int texel =
        int((image.source_byte + min(row, image.rows - 1) * image.row_bytes) / 16) + begin / 16 * 3;
    vec3 sums[kColumns];
    float weights[kColumns];
    [[unroll]] for (uint c = 0; c < kColumns; ++c) {
      sums[c] = vec3(0.0);
      weights[c] = 0.0;
    }
    for (int first = begin; first < end; first += kPixels) {
      uint words[13];
      [[unroll]] for (int t = 0; t < 3; ++t) {
        const uvec4 fetched = texelFetch(source, min(texel + t, last_texel));
        [[unroll]] for (int w = 0; w < 4; ++w) words[4 * t + w] = fetched[w];
      }
      words[12] = 0;
      texel += 3;
      // A round: the pixels whose weights the lanes compute together.
      [[unroll]] for (int round = 0; round < kPixels; round += int(kLanes / kColumns)) {
        const int tap = first + round + int(lane / kColumns) - taps.begin;
        const float distance = (taps.first_distance + float(tap)) * inverse_scale;
        const float weight = uint(tap) < count ? bicubic(distance) : 0.0;
        // SPIR-V 1.3 allows broadcasts from constant lanes only.
#define COLUMN(P, C)                                                       \
  {                                                                        \
    const float column_weight = subgroupBroadcast(weight, P * kColumns + C); \
    sums[C] += column_weight * samples;                                    \
    weights[C] += column_weight;                                           \
  }
#define PIXEL(P)                                                                     \
  if (P * kColumns < kLanes) {                                                       \
    const int pixel = round + P;                                                     \
    const int word = pixel * 3 / 4;                                                  \
    const int bit = pixel * 3 % 4 * 8;                                               \
    const uint bytes =                                                               \
        bit == 0 ? words[word] : words[word] >> bit | words[word + 1] << (32 - bit); \
    const vec3 samples = unpack_pixel(bytes);                                        \
    COLUMN(P, 0) COLUMN(P, 1) COLUMN(P, 2) COLUMN(P, 3)                              \
  }
        PIXEL(0) PIXEL(1) PIXEL(2) PIXEL(3)
#undef PIXEL
#undef COLUMN
      }
    }
    if (row >= image.rows) return;
    [[unroll]] for (uint c = 0; c < kColumns; ++c) {
      if (first_column + c >= target.columns) break;
      const vec3 value = round_to_bytes(sums[c] / weights[c]);
      intermediate[image.row_word + row * target.columns + first_column + c] =
          pack_pixel(image.is_blue_first != 0 ? value.zyx : value);
    }
  }
}
