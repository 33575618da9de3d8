#version 450
// variant: linear_f16 HALF_IN HALF_OUT
// variant: linear_f16_f32 HALF_IN
// y = act(x·W + b) [+ addend], a matrix product with its epilogue.
//
//   x       [rows, 4·inner_vectors]                      padded with zeros
//   weight  [4·inner_vectors, 4·output_vectors]          padded with zeros; or, with kBlockVectors,
//           [column blocks, 4·inner_vectors, 4·kBlockVectors] as in linear_broadcast.comp
//   bias    [4·output_vectors] f32                       padded with zeros
//   addend  [addend_rows, 4·output_vectors]              row r adds addend[(r + addend_first) mod addend_rows]
//   y       [rows, 4·output_vectors]                     in place, it holds the addend before
//
// x and weight are f32, or both f16; so are addend and y (storage.glsl). Products and sums are f32.
// Any number of rows. Padding stays zero: act(0 + 0) = 0.
//
// Every invocation computes kTileRows × 8 elements in registers: of each step of four along K it reads
// kTileRows vectors of x, which are the same for all invocations of a row, and eight of the
// weight, which are neighbours. So no shared memory and no barrier, and a wide tile makes few loads of many
// products, which is what software drivers and small GPUs ask for.
// Threads: x = eight columns of y, y = kTileRows rows.
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0, local_size_y_id = 1) in;
layout(constant_id = 2) const uint kTileRows = 8;

layout(push_constant) uniform Push { LinearParameters p; };

layout(binding = 0, std430) readonly buffer X { IN4 x[]; };
layout(binding = 1, std430) readonly buffer Weight { IN4 weight[]; };
layout(binding = 2, std430) readonly buffer Bias { vec4 bias[]; };
layout(binding = 3, std430) readonly buffer Addend { OUT4 addend[]; };
layout(binding = 4, std430) buffer Y { OUT4 y[]; };

#define EPILOGUE_CONSTANT 3
#include "linear_store.glsl"
layout(constant_id = 6) const uint kBlockVectors = 0;  // 0: one block of all columns

// Where the weight's first row has a vector of columns; the next row is `stride` vectors further on.
uint weight_at(uint column, uint stride) {
  return column / stride * (4 * p.inner_vectors * stride) + column % stride;
}

void main() {
  const uint left = gl_GlobalInvocationID.x * 2;
  const uint first_row = gl_GlobalInvocationID.y * kTileRows;
  if (left >= p.output_vectors || first_row >= p.rows) return;
  // An odd number of column vectors leaves a half tile, and any number of rows a short one: they
  // compute a neighbour's elements once more and do not store them.
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
      // Explicit, so that no driver rounds differently for another tile height or batch.
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
