#version 450
// variant: linear_tiled_f16 HALF_IN HALF_OUT
// variant: linear_tiled_f16_f32 HALF_IN
// variant: linear_packed_f16 HALF_IN HALF_OUT PACKED
// variant: linear_packed_f16_f32 HALF_IN PACKED
// Matrix product with epilogue, tiled through shared memory, for GPUs: y = act(x·W + b) [+ addend].
//
//   x       [rows, 4·inner_vectors]                      padded with zeros
//   weight  [4·inner_vectors, 4·output_vectors]          padded with zeros
//   bias    [4·output_vectors] f32                       padded with zeros
//   addend  [addend_rows, 4·output_vectors]
//           row r of y adds addend[(r + addend_first) mod addend_rows]
//   y       [rows, 4·output_vectors]                     kInPlace: y initially holds the addend
//
// Parameters as in linear.comp. Any number of rows. Padding stays zero.
//   linear_tiled           f32 in memory, f32 products and sums
//   linear_tiled_f16       x, weight, addend and y f16 (storage.glsl), f32 products and sums
//   linear_tiled_f16_f32   x and weight f16, addend and y f32, f32 products and sums
//   linear_packed_…        the same with f16 products, two per operation. The 4·kChunk terms of a
//                          chunk are summed in f16, the chunks in f32. Needs shaderFloat16. If the
//                          sum of a chunk exceeds 65504, it becomes infinite, and so does y
//
// A workgroup computes a tile of y: kRows·local_size_y rows × 4·kColumns·local_size_x columns. The
// inner axis is processed in steps of 4·kDepth. The invocations fetch a step's part of x and of the
// weight into registers while they work on the previous step in shared memory. An invocation
// computes every local_size_y-th row and every local_size_x-th column vector of the tile. Per four
// elements of the inner axis it loads kRows vectors of x and 4·kColumns of the weight, for
// 16·kRows·kColumns products.
// Threads: x = ceil(output_vectors / (kColumns·local_size_x)) · local_size_x,
//          y = ceil(rows / (kRows·local_size_y)) · local_size_y.
//
// Specialisation constants
//   0 local_size_x, 1 local_size_y    any; their product should be at least the subgroup size
//   2 kRows       rows per invocation
//   3 kColumns    vectors of four columns per invocation
//   4 kDepth      vectors of four elements that a step takes along the inner axis
//   5 kBuffers    1 or 2; 2 saves one barrier per step for twice the shared memory
//   6 kGelu, 7 kAddend, 8 kInPlace    as in linear.comp
//   9 kChunk      linear_packed_… only: vectors of a chunk; divides kDepth
// Shared memory: kXTileVectors + kWeightTileVectors vectors of four f32 (packed: f16), as
// linear_tiled_sizes.inl computes them.
// Registers per invocation: 4·kRows·kColumns sums, and about as many for the rest.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#ifdef PACKED
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#endif
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0, local_size_y_id = 1) in;
layout(constant_id = 2) const uint kRows = 8;
layout(constant_id = 3) const uint kColumns = 2;
layout(constant_id = 4) const uint kDepth = 4;
layout(constant_id = 5) const uint kBuffers = 2;
#ifdef PACKED
layout(constant_id = 9) const uint kChunk = 2;
#endif

// A vector of four factors in shared memory, in the type of the products.
#ifdef PACKED
#define Factors f16vec4
Factors factors(IN4 v) { return f16vec4(unpackFloat2x16(v.x), unpackFloat2x16(v.y)); }
#else
#define Factors vec4
Factors factors(IN4 v) { return widen(v); }
const uint kChunk = 1;
#endif

layout(push_constant) uniform Push { LinearParameters p; };

layout(binding = 0, std430) readonly buffer X { IN4 x[]; };
layout(binding = 1, std430) readonly buffer Weight { IN4 weight[]; };
layout(binding = 2) uniform samplerBuffer bias;
layout(binding = 3, std430) readonly buffer Addend { OUT4 addend[]; };
layout(binding = 4, std430) buffer Y { OUT4 y[]; };

#define EPILOGUE_CONSTANT 6
#include "linear_store.glsl"

const uint kInvocations = gl_WorkGroupSize.x * gl_WorkGroupSize.y;
const uint kWidth = gl_WorkGroupSize.x;
const uint kHeight = gl_WorkGroupSize.y;
#include "linear_tiled_sizes.inl"
shared Factors x_tile[kXTileVectors];
shared Factors weight_tile[kWeightTileVectors];

// The vectors of x and of the weight that one invocation fetches in a step. If the tile is no
// multiple of the workgroup, the last fetch of some invocations lies outside of the tile and is
// dropped.
const uint kXCount = kTileRows * kDepth;
const uint kXFetches = (kXCount + kInvocations - 1) / kInvocations;
const uint kWeightFetches = (kWeightVectors + kInvocations - 1) / kInvocations;
IN4 fetched_x[kXFetches];
IN4 fetched_weight[kWeightFetches];

vec4 sums[kRows * kColumns];

// Reads one step's part of x and of the weight into registers. Rows and columns beyond the end of a
// matrix repeat the last one; their sums are not stored. Beyond the end of the inner axis both
// factors must be zero: 0 · NaN would not be 0.
void fetch(uint first_row, uint first_column, uint first_inner) {
  [[unroll]] for (uint i = 0; i < kXFetches; ++i) {
    const uint at = i * kInvocations + gl_LocalInvocationIndex;
    const uint row = min(first_row + at / kDepth, p.rows - 1);
    const uint inner = first_inner + at % kDepth;
    const IN4 value = x[row * p.inner_vectors + min(inner, p.inner_vectors - 1)];
    fetched_x[i] = inner < p.inner_vectors ? value : IN4(0);
  }
  [[unroll]] for (uint i = 0; i < kWeightFetches; ++i) {
    const uint at = i * kInvocations + gl_LocalInvocationIndex;
    const uint inner = 4 * first_inner + at / kTileColumns;
    const uint column = min(first_column + at % kTileColumns, p.output_vectors - 1);
    const IN4 value = weight[min(inner, 4 * p.inner_vectors - 1) * p.output_vectors + column];
    fetched_weight[i] = inner < 4 * p.inner_vectors ? value : IN4(0);
  }
}

// Writes the fetched vectors to shared memory.
void keep_fetched(uint tile) {
  [[unroll]] for (uint i = 0; i < kXFetches; ++i) {
    const uint at = i * kInvocations + gl_LocalInvocationIndex;
    if (kXCount % kInvocations == 0 || at < kXCount) {
      x_tile[tile * kXVectors + at / kDepth * kXStride + at % kDepth] = factors(fetched_x[i]);
    }
  }
  [[unroll]] for (uint i = 0; i < kWeightFetches; ++i) {
    const uint at = i * kInvocations + gl_LocalInvocationIndex;
    if (kWeightVectors % kInvocations == 0 || at < kWeightVectors) {
      weight_tile[tile * kWeightVectors + at] = factors(fetched_weight[i]);
    }
  }
}

// Adds one step's products to the sums. fma is explicit, so that no driver rounds differently for
// another tile or batch size.
void multiply(uint tile) {
  const uint x_at = tile * kXVectors + gl_LocalInvocationID.y * kXStride;
  const uint weight_at = tile * kWeightVectors + gl_LocalInvocationID.x;
  [[unroll]] for (uint k = 0; k < kDepth; k += kChunk) {
    Factors w[4 * kChunk * kColumns];
    [[unroll]] for (uint i = 0; i < 4 * kChunk; ++i) {
      [[unroll]] for (uint j = 0; j < kColumns; ++j) {
        w[i * kColumns + j] =
            weight_tile[weight_at + (4 * k + i) * kTileColumns + j * gl_WorkGroupSize.x];
      }
    }
    [[unroll]] for (uint i = 0; i < kRows; ++i) {
#ifdef PACKED
      Factors chunk[kColumns];
      [[unroll]] for (uint j = 0; j < kColumns; ++j) chunk[j] = Factors(0.0);
#endif
      [[unroll]] for (uint c = 0; c < kChunk; ++c) {
        const Factors a = x_tile[x_at + i * gl_WorkGroupSize.y * kXStride + k + c];
        [[unroll]] for (uint j = 0; j < kColumns; ++j) {
          const uint at = 4 * c * kColumns + j;
#ifdef PACKED
          chunk[j] = fma(a.xxxx, w[at], chunk[j]);
          chunk[j] = fma(a.yyyy, w[at + kColumns], chunk[j]);
          chunk[j] = fma(a.zzzz, w[at + 2 * kColumns], chunk[j]);
          chunk[j] = fma(a.wwww, w[at + 3 * kColumns], chunk[j]);
#else
          vec4 sum = sums[i * kColumns + j];
          sum = fma(a.xxxx, w[at], sum);
          sum = fma(a.yyyy, w[at + kColumns], sum);
          sum = fma(a.zzzz, w[at + 2 * kColumns], sum);
          sums[i * kColumns + j] = fma(a.wwww, w[at + 3 * kColumns], sum);
#endif
        }
      }
#ifdef PACKED
      [[unroll]] for (uint j = 0; j < kColumns; ++j) sums[i * kColumns + j] += vec4(chunk[j]);
#endif
    }
  }
}

void main() {
  const uint tile_row = gl_WorkGroupID.y * kTileRows;
  const uint tile_column = gl_WorkGroupID.x * kTileColumns;
  [[unroll]] for (uint i = 0; i < kRows * kColumns; ++i) sums[i] = vec4(0.0);

  uint tile = 0;
  fetch(tile_row, tile_column, 0);
  keep_fetched(tile);
  barrier();
  for (uint k = kDepth; k < p.inner_vectors; k += kDepth) {
    fetch(tile_row, tile_column, k);
    multiply(tile);
    if (kBuffers == 1) {
      barrier();
    } else {
      tile = 1 - tile;
    }
    keep_fetched(tile);
    barrier();
  }
  multiply(tile);

  [[unroll]] for (uint i = 0; i < kRows; ++i) {
    [[unroll]] for (uint j = 0; j < kColumns; ++j) {
      const uint row = tile_row + i * gl_WorkGroupSize.y + gl_LocalInvocationID.y;
      const uint column = tile_column + j * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
      if (row < p.rows && column < p.output_vectors) store(row, column, sums[i * kColumns + j]);
    }
  }
}
