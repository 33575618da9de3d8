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
// Any number of rows. A workgroup is one subgroup of kLanes invocations; it computes a tile of
// kTileRows × 4·kLanes elements. Each lane owns one vector of four columns. For every four elements
// of the inner axis, each lane loads one vector of x for every kLanes-th row, and subgroupBroadcast
// gives all lanes all rows. So a row of x is loaded once per subgroup, not once per lane, and the
// weight is read in memory order.
//
// x and weight are texel buffers; their format, f32 or f16, sets the type. On a CPU a load from a
// storage buffer costs a bounds check and a branch per lane, a texel fetch does not. The tile stays
// in registers as long as the driver unrolls the loops over it (lavapipe: up to 40 rows).
// Each sum is one chain of fused multiply-adds along the inner axis, as in linear.comp, and gives
// the same bits.
// Threads: x = kLanes per column block, y = one per tile of rows.
#extension GL_GOOGLE_include_directive : require
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
#include "linear_store.glsl"

const uint kRowGroups = (kTileRows + kLanes - 1) / kLanes;

void main() {
  const uint lane = gl_SubgroupInvocationID;
  const uint first_row = gl_WorkGroupID.y * kTileRows;
  const uint column = gl_WorkGroupID.x * kLanes + lane;

  vec4 sum[kTileRows];
  for (uint i = 0; i < kTileRows; ++i) sum[i] = vec4(0.0);
  // Rows of the tile past the last row of x repeat it, and their results are not stored.
  uint x_row[kRowGroups];
  for (uint g = 0; g < kRowGroups; ++g) {
    x_row[g] = min(first_row + g * kLanes + lane, p.rows - 1) * p.inner_vectors;
  }
  uint w = gl_WorkGroupID.x * p.inner_vectors * 4 * kLanes + lane;

  for (uint k = 0; k < p.inner_vectors; ++k) {
    vec4 a[kRowGroups];
    for (uint g = 0; g < kRowGroups; ++g) a[g] = texelFetch(x, int(x_row[g] + k));
    for (uint part = 0; part < 4; ++part) {
      const vec4 b = texelFetch(weight, int(w));
      w += kLanes;
      for (uint g = 0; g < kRowGroups; ++g) {
        // SPIR-V 1.3 allows broadcasts from constant lanes only.
#define ROW(L)                                                                       \
  if (L < kLanes && g * kLanes + L < kTileRows) {                                    \
    sum[g * kLanes + L] =                                                            \
        fma(vec4(subgroupBroadcast(a[g][part], L)), b, sum[g * kLanes + L]);         \
  }
        ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
        ROW(8) ROW(9) ROW(10) ROW(11) ROW(12) ROW(13) ROW(14) ROW(15)
#undef ROW
      }
    }
  }

  if (column >= p.output_vectors) return;
  for (uint i = 0; i < kTileRows; ++i) {
    const uint row = first_row + i;
    if (row >= p.rows) return;
    store(row, column, sum[i]);
  }
}
