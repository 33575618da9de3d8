#version 450
// variant: linear_f16 HALF_IN HALF_OUT
// variant: linear_f16_f32 HALF_IN
// Matrix product with epilogue: y = act(x·W + b) [+ addend]. For software drivers and small GPUs.
//
//   x       [rows, 4·inner_vectors]                      padded with zeros
//   weight  [4·inner_vectors, 4·output_vectors]          padded with zeros; with kBlockVectors > 0,
//           [column blocks, 4·inner_vectors, 4·kBlockVectors] as in linear_broadcast.comp
//   bias    [4·output_vectors] f32                       padded with zeros
//   addend  [addend_rows, 4·output_vectors]
//           row r of y adds addend[(r + addend_first) mod addend_rows]
//   y       [rows, 4·output_vectors]                     kInPlace: y initially holds the addend
//
// x and weight have the same type, f32 or f16; so have addend and y (storage.glsl). Products and
// sums are f32. Any number of rows. Padding stays zero: act(0 + 0) = 0.
//
// An invocation computes a tile of kTileRows × 8 elements in registers. For every four elements of
// the inner axis it reads kTileRows vectors of x, which all invocations of a row share, and eight
// neighbouring vectors of the weight. It uses no shared memory and no barrier; a wide tile needs
// few loads per product.
// Threads: x = eight columns of y, y = kTileRows rows.
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0, local_size_y_id = 1) in;
layout(constant_id = 2) const uint kTileRows = 8;

layout(push_constant) uniform Push { LinearParameters p; };

layout(binding = 0, std430) readonly buffer X { IN4 x[]; };
layout(binding = 1, std430) readonly buffer Weight { IN4 weight[]; };
layout(binding = 2) uniform samplerBuffer bias;
layout(binding = 3, std430) readonly buffer Addend { OUT4 addend[]; };
layout(binding = 4, std430) buffer Y { OUT4 y[]; };

#define EPILOGUE_CONSTANT 3
#include "linear_store.glsl"
layout(constant_id = 6) const uint kBlockVectors = 0;  // 0: one block of all columns

// Index of the vector `column` in the weight's first row. The next row is `stride` vectors further
// on.
uint weight_at(uint column, uint stride) {
  return column / stride * (4 * p.inner_vectors * stride) + column % stride;
}

void main() {
  const uint left = gl_GlobalInvocationID.x * 2;
  const uint first_row = gl_GlobalInvocationID.y * kTileRows;
  if (left >= p.output_vectors || first_row >= p.rows) return;
  // The last tile is incomplete if the number of column vectors is odd, or if rows is no multiple
  // of kTileRows. Then it computes elements of a neighbour again and does not store them.
  const uint right = min(left + 1, p.output_vectors - 1);

  vec4 sum_left[kTileRows];
  vec4 sum_right[kTileRows];
  uint x_row[kTileRows];
  for (uint i = 0; i < kTileRows; ++i) {
    sum_left[i] = vec4(0.0);
    sum_right[i] = vec4(0.0);
    x_row[i] = min(first_row + i, p.rows - 1) * p.inner_vectors;
  }

  const uint stride = kBlockVectors == 0 ? p.output_vectors : kBlockVectors;
  const uint left_column = weight_at(left, stride);
  const uint right_column = weight_at(right, stride);
  for (uint k = 0; k < p.inner_vectors; ++k) {
    const uint l = 4 * k * stride + left_column;
    const vec4 l0 = widen(weight[l]);
    const vec4 l1 = widen(weight[l + stride]);
    const vec4 l2 = widen(weight[l + 2 * stride]);
    const vec4 l3 = widen(weight[l + 3 * stride]);
    const uint r = 4 * k * stride + right_column;
    const vec4 r0 = widen(weight[r]);
    const vec4 r1 = widen(weight[r + stride]);
    const vec4 r2 = widen(weight[r + 2 * stride]);
    const vec4 r3 = widen(weight[r + 3 * stride]);
    for (uint i = 0; i < kTileRows; ++i) {
      const vec4 a = widen(x[x_row[i] + k]);
      // fma is explicit, so that no driver rounds differently for another tile height or batch
      // size.
      sum_left[i] = fma(a.wwww, l3, fma(a.zzzz, l2, fma(a.yyyy, l1, fma(a.xxxx, l0, sum_left[i]))));
      sum_right[i] = fma(a.wwww, r3, fma(a.zzzz, r2, fma(a.yyyy, r1, fma(a.xxxx, r0, sum_right[i]))));
    }
  }

  for (uint i = 0; i < kTileRows; ++i) {
    const uint row = first_row + i;
    if (row >= p.rows) return;
    store(row, left, sum_left[i]);
    if (left + 1 < p.output_vectors) store(row, left + 1, sum_right[i]);
  }
}
