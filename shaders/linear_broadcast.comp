#version 450
// variant: linear_broadcast_f16 HALF_OUT
// Matrix product with epilogue: y = act(x·W + b) [+ addend]. The fastest of the linear_… shaders on
// software drivers.
//
//   x       [rows, 4·inner_vectors]                      padded with zeros
//   weight  [column blocks, 4·inner_vectors, 4·kLanes]   padded with zeros; a column block is the
//           4·kLanes columns that one workgroup computes
//   bias, addend, y                                      as in linear.comp; _f16: addend and y f16
//
// With kRowBlocksX, x is stored in blocks of four rows: [⌈rows/4⌉, inner_vectors, 4] vec4. With
// kRowBlocksY, y is: [⌈rows/4⌉, output_vectors, 4] vec4, and there is no addend. This is how one
// product hands its rows to the next. A lane's rows are then 16 bytes apart instead of a row, which
// for many sizes is a multiple of 4 KB: too few sets of the processor's cache would hold them all.
//
// Any number of rows. A workgroup is one subgroup of kLanes invocations; it computes a tile of
// kTileRows × 4·kLanes elements. Each lane owns one vector of four columns. For every four elements
// of the inner axis, each lane loads one vector of x for every kLanes-th row, and subgroupBroadcast
// gives all lanes all rows. So a row of x is loaded once per subgroup, not once per lane, and the
// weight is read in memory order.
//
// The order of the work suits lavapipe:
//   - A sum that lives across iterations of a loop costs a load, a store and a blend by the
//     execution mask. So one row takes all 16 products of a step before the next row begins.
//   - The rows of a step are unrolled, so that all lanes and indices are constants. The loops before
//     and after are not: the sums then stay in memory as an array, which LLVM compiles in a tenth
//     of the time that it needs for as many values in registers, and the epilogue is compiled once.
//   - x and weight are texel buffers; their format, f32 or f16, sets the type. On a CPU a load from
//     a storage buffer costs a bounds check and a branch per lane, a texel fetch does not.
// Each sum is one chain of fused multiply-adds along the inner axis, as in linear.comp, and gives
// the same bits.
// Threads: x = kLanes per column block, y = one per tile of rows.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_ballot : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0, local_size_y_id = 1) in;
layout(constant_id = 2) const uint kTileRows = 8;
const uint kLanes = gl_WorkGroupSize.x;  // the device's subgroup size, at most 16

layout(push_constant) uniform Push { LinearParameters p; };

layout(binding = 0) uniform samplerBuffer x;
layout(binding = 1) uniform samplerBuffer weight;
layout(binding = 2) uniform samplerBuffer bias;
layout(binding = 3, std430) readonly buffer Addend { OUT4 addend[]; };
layout(binding = 4, std430) buffer Y { OUT4 y[]; };

#define EPILOGUE_CONSTANT 3
layout(constant_id = 6) const bool kRowBlocksX = false;
layout(constant_id = 7) const bool kRowBlocksY = false;
#include "linear_store.glsl"

// A row group is the rows of the tile that the lanes load together.
const uint kRowGroups = (kTileRows + kLanes - 1) / kLanes;

void main() {
  const uint lane = gl_SubgroupInvocationID;
  const uint first_row = gl_WorkGroupID.y * kTileRows;
  const uint column = gl_WorkGroupID.x * kLanes + lane;

  vec4 sum[kTileRows];
  [[dont_unroll]] for (uint i = 0; i < kTileRows; ++i) sum[i] = vec4(0.0);
  // Rows of the tile past the last row of x repeat it, and their results are not stored.
  uint x_row[kRowGroups];
  const uint x_step = kRowBlocksX ? 4 : 1;
  for (uint g = 0; g < kRowGroups; ++g) {
    const uint row = min(first_row + g * kLanes + lane, p.rows - 1);
    x_row[g] = kRowBlocksX ? row / 4 * 4 * p.inner_vectors + row % 4 : row * p.inner_vectors;
  }
  uint w = gl_WorkGroupID.x * p.inner_vectors * 4 * kLanes + lane;

  for (uint k = 0; k < p.inner_vectors; ++k) {
    vec4 a[kRowGroups];
    for (uint g = 0; g < kRowGroups; ++g) a[g] = texelFetch(x, int(x_row[g] + k * x_step));
    vec4 b[4];
    for (uint part = 0; part < 4; ++part) b[part] = texelFetch(weight, int(w + part * kLanes));
    w += 4 * kLanes;
    [[unroll]] for (uint g = 0; g < kRowGroups; ++g) {
      // SPIR-V 1.3 allows broadcasts from constant lanes only.
#define ROW(L)                                                     \
  if (L < kLanes && g * kLanes + L < kTileRows) {                  \
    vec4 row_sum = sum[g * kLanes + L];                            \
    [[unroll]] for (uint part = 0; part < 4; ++part) {             \
      const float element = subgroupBroadcast(a[g][part], L);      \
      row_sum = fma(vec4(element), b[part], row_sum);              \
    }                                                              \
    sum[g * kLanes + L] = row_sum;                                 \
  }
      ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
      ROW(8) ROW(9) ROW(10) ROW(11) ROW(12) ROW(13) ROW(14) ROW(15)
#undef ROW
    }
  }

  if (column >= p.output_vectors) return;
  [[dont_unroll]] for (uint i = 0; i < kTileRows; ++i) {
    const uint row = first_row + i;
    if (row >= p.rows) return;
    if (kRowBlocksY) {
      y[(row / 4 * p.output_vectors + column) * 4 + row % 4] = narrow(activated(sum[i], column));
    } else {
      store(row, column, sum[i]);
    }
  }
}
