#version 450
// variant: patches_f32_f16 HALF_OUT
// Cuts images or token grids into non-overlapping patches, one patch per row of y. With these rows,
// a convolution with stride = kernel size is a matrix product.
//
//   x   [batch, C, H, W] in plane layout or [batch, H·W, padded C] in token layout, as the
//       strides tell; f32, any size. Grid rows and columns beyond the last whole patch are not read
//   y   [rows, output_stride] f32 or f16 (storage.glsl). Row 0 is patch first_row of the
//       batch · patch_count patches. Elements of a row are ordered (patch row, patch column,
//       channel) and padded with zeros to output_stride, a multiple of 4
//
// The rows of y are split into layers of layer_rows rows, because one axis of a dispatch may be too
// short for all rows.
// Threads: x = vector of four elements of a row, y = row within a layer, z = layer.
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0, local_size_y_id = 1) in;

layout(push_constant) uniform Push { PatchesParameters p; };

layout(binding = 0, std430) readonly buffer X { float x[]; };
layout(binding = 1, std430) writeonly buffer Y { OUT4 y[]; };

// Element `index` of the patch whose first element is x[origin]; zero for padding.
float element(uint origin, uint index) {
  const uint channel = index % p.channels;
  const uint position = index / p.channels;
  const uint row = position / p.patch_width;
  if (row >= p.patch_height) return 0.0;
  const uint column = position % p.patch_width;
  return x[origin + row * p.row_stride + column * p.column_stride + channel * p.channel_stride];
}

void main() {
  const uint vectors = p.output_stride / 4;
  const uint vector = gl_GlobalInvocationID.x;
  const uint written = gl_GlobalInvocationID.z * p.layer_rows + gl_GlobalInvocationID.y;
  if (vector >= vectors || gl_GlobalInvocationID.y >= p.layer_rows || written >= p.rows) return;

  const uint image = (p.first_row + written) / p.patch_count;
  const uint patch_index = (p.first_row + written) % p.patch_count;
  const uint patch_row = patch_index / p.patches_across;
  const uint patch_column = patch_index % p.patches_across;
  const uint origin = image * p.image_stride + patch_row * p.patch_height * p.row_stride +
                      patch_column * p.patch_width * p.column_stride;
  const uint first = vector * 4;
  y[written * vectors + vector] =
      narrow(vec4(element(origin, first), element(origin, first + 1), element(origin, first + 2),
                  element(origin, first + 3)));
}
