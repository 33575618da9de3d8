#version 460
// requires: GL_KHR_cooperative_matrix
// variant: linear_matrix_f16_f32 FLOAT_OUT
// Matrix product with epilogue on the device's matrix units: y = act(x·W + b) [+ addend]. x and the
// weight are f16, sums are f32.
//
//   x       [rows, 4·inner_vectors] f16                  padded with zeros
//   weight  [4·inner_vectors, 4·output_vectors] f16      padded with zeros
//           kTransposed: its transpose, [4·output_vectors, 4·inner_vectors]
//   bias    [4·output_vectors] f32                       padded with zeros
//   addend  [addend_rows, 4·output_vectors] f16; linear_matrix_f16_f32: f32
//           row r of y adds addend[(r + addend_first) mod addend_rows]
//   y       [rows, 4·output_vectors], type of addend     kInPlace: y initially holds the addend
//
// Parameters as in linear.comp, but inner_vectors and output_vectors must be even: 8 halves are
// read and written at once. Any number of rows. Padding stays zero. Each term of a sum is rounded
// once, to float. A y in f16 is rounded once more at the end (storage.glsl).
//
// A workgroup computes a tile of y. Each of its subgroups computes a rectangle of the tile, in
// fragments of the shape that the matrix units multiply:
//   tile rows    = (local_size_y / kSubgroupsAcross) · kFragmentsDown · kRows
//   tile columns = kSubgroupsAcross · kFragmentsAcross · kColumns
//   tile depth   = kFragmentsDeep · kInner
// The inner axis is processed in steps of the tile depth. The invocations fetch a step's part of x
// and of the weight into registers, 16 bytes at a time, while the matrix units work on the previous
// step in shared memory. Rows in shared memory are padded by 16 bytes, so that no two rows of a
// fragment start in the same bank.
// Threads: x = ceil(4·output_vectors / tile columns) · local_size_x,
//          y = ceil(rows / tile rows) · local_size_y.
//
// Specialisation constants
//   0 local_size_x   width of a subgroup; Pipeline makes the driver use it
//   1 local_size_y   subgroups in a workgroup; a multiple of kSubgroupsAcross
//   2 kRows, 3 kColumns, 4 kInner    one of the device's shapes (f16 × f16 + f32); kColumns and
//                    kInner are multiples of 8, kRows·kColumns is a multiple of 4
//   5 kFragmentsDown, 6 kFragmentsAcross    fragments of a subgroup's rectangle. An invocation's
//                    sums take kFragmentsDown·kFragmentsAcross·kRows·kColumns / local_size_x registers
//   7 kSubgroupsAcross    subgroups side by side in a tile
//   8 kFragmentsDeep      fragments of a step along the inner axis
//   9 kBuffers       1 or 2; 2 saves one barrier per step for twice the shared memory
//  10 kTransposed    layout of the weight. Devices whose fragments hold columns of the weight (AMD's)
//                    read the transpose 16 bytes at a time, the row-major form element by element
//  11 kGelu, 12 kAddend, 13 kInPlace    as in linear.comp
// Shared memory: kPoolVectors vectors of 16 bytes, as linear_matrix_sizes.inl computes them.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#pragma use_vulkan_memory_model
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0, local_size_y_id = 1) in;
layout(constant_id = 2) const uint kRows = 16;
layout(constant_id = 3) const uint kColumns = 16;
layout(constant_id = 4) const uint kInner = 16;
layout(constant_id = 5) const uint kFragmentsDown = 4;
layout(constant_id = 6) const uint kFragmentsAcross = 4;
layout(constant_id = 7) const uint kSubgroupsAcross = 2;
layout(constant_id = 8) const uint kFragmentsDeep = 2;
layout(constant_id = 9) const uint kBuffers = 2;
layout(constant_id = 10) const bool kTransposed = false;

layout(push_constant) uniform Push { LinearParameters p; };

// In this file a vector is 8 elements.
#ifdef FLOAT_OUT
struct OUT8 { vec4 low; vec4 high; };
vec4 low_of(OUT8 v) { return v.low; }
vec4 high_of(OUT8 v) { return v.high; }
OUT8 narrow(vec4 low, vec4 high) { return OUT8(low, high); }
#else
#define OUT8 uvec4
vec4 low_of(uvec4 v) { return widen(v.xy); }
vec4 high_of(uvec4 v) { return widen(v.zw); }
uint narrow(vec2 v) { return packFloat2x16(f16vec2(saturated(v.x), saturated(v.y))); }
uvec4 narrow(vec4 low, vec4 high) {
  return uvec4(narrow(low.xy), narrow(low.zw), narrow(high.xy), narrow(high.zw));
}
#endif
layout(binding = 0, std430) readonly buffer X { uvec4 x[]; };
layout(binding = 1, std430) readonly buffer Weight { uvec4 weight[]; };
layout(binding = 2) uniform samplerBuffer bias;
layout(binding = 3, std430) readonly buffer Addend { OUT8 addend[]; };
layout(binding = 4, std430) buffer Y { OUT8 y[]; };

#define EPILOGUE_CONSTANT 11
#include "linear_epilogue.glsl"

const uint kSubgroups = gl_WorkGroupSize.y;
#include "linear_matrix_sizes.inl"
shared uvec4 pool[kPoolVectors];

const uint kInvocations = gl_WorkGroupSize.x * gl_WorkGroupSize.y;
// Of a row of fragments, an invocation stores at most kStores vectors of y.
const uint kRowVectors = kFragmentsAcross * kColumns / kHalves;
const uint kStoreCount = kRows * kRowVectors;
const uint kStores = (kStoreCount + gl_WorkGroupSize.x - 1) / gl_WorkGroupSize.x;

// The vectors of x and of the weight that one invocation fetches in a step. If the tile is no
// multiple of the workgroup, the last fetch of some invocations lies outside of the tile and is
// dropped.
const uint kXCount = kTileRows * kDepthVectors;
const uint kWeightCount = kWeightRows * kWeightRowVectors;
const uint kXFetches = (kXCount + kInvocations - 1) / kInvocations;
const uint kWeightFetches = (kWeightCount + kInvocations - 1) / kInvocations;
uvec4 fetched_x[kXFetches];
uvec4 fetched_weight[kWeightFetches];

coopmat<float, gl_ScopeSubgroup, kRows, kColumns, gl_MatrixUseAccumulator>
    sums[kFragmentsDown * kFragmentsAcross];

// Reads one step's part of x and of the weight into registers. Rows and columns beyond the end of a
// matrix repeat the last one; their sums are not stored. Beyond the end of the inner axis both
// factors must be zero: 0 · NaN would not be 0.
void fetch(uint first_row, uint first_column, uint first_inner) {
  const uint inner_vectors = p.inner_vectors / 2;
  const uint output_vectors = p.output_vectors / 2;
  [[unroll]] for (uint i = 0; i < kXFetches; ++i) {
    const uint at = i * kInvocations + gl_LocalInvocationIndex;
    const uint row = min(first_row + at / kDepthVectors, p.rows - 1);
    const uint inner = first_inner / kHalves + at % kDepthVectors;
    const uvec4 value = x[row * inner_vectors + min(inner, inner_vectors - 1)];
    fetched_x[i] = inner < inner_vectors ? value : uvec4(0);
  }
  [[unroll]] for (uint i = 0; i < kWeightFetches; ++i) {
    const uint at = i * kInvocations + gl_LocalInvocationIndex;
    if (kTransposed) {
      const uint column = min(first_column + at / kDepthVectors, 4 * p.output_vectors - 1);
      const uint inner = first_inner / kHalves + at % kDepthVectors;
      const uvec4 value = weight[column * inner_vectors + min(inner, inner_vectors - 1)];
      fetched_weight[i] = inner < inner_vectors ? value : uvec4(0);
    } else {
      const uint inner = first_inner + at / kWeightRowVectors;
      const uint column = min(first_column / kHalves + at % kWeightRowVectors, output_vectors - 1);
      const uvec4 value = weight[min(inner, 4 * p.inner_vectors - 1) * output_vectors + column];
      fetched_weight[i] = inner < 4 * p.inner_vectors ? value : uvec4(0);
    }
  }
}

// Writes the fetched vectors to shared memory.
void keep_fetched(uint buffer_at) {
  [[unroll]] for (uint i = 0; i < kXFetches; ++i) {
    const uint at = i * kInvocations + gl_LocalInvocationIndex;
    if (kXCount % kInvocations == 0 || at < kXCount) {
      pool[buffer_at + at / kDepthVectors * kXStride + at % kDepthVectors] = fetched_x[i];
    }
  }
  [[unroll]] for (uint i = 0; i < kWeightFetches; ++i) {
    const uint at = i * kInvocations + gl_LocalInvocationIndex;
    if (kWeightCount % kInvocations == 0 || at < kWeightCount) {
      pool[buffer_at + kXVectors + at / kWeightRowVectors * kWeightStride +
           at % kWeightRowVectors] = fetched_weight[i];
    }
  }
}

void multiply(uint buffer_at, uint row, uint column) {
  const uint weight_at = buffer_at + kXVectors;
  [[unroll]] for (uint deep = 0; deep < kFragmentsDeep; ++deep) {
    coopmat<float16_t, gl_ScopeSubgroup, kRows, kInner, gl_MatrixUseA> a[kFragmentsDown];
    [[unroll]] for (uint i = 0; i < kFragmentsDown; ++i) {
      coopMatLoad(a[i], pool,
                  buffer_at + (row + i * kRows) * kXStride + deep * (kInner / kHalves), kXStride,
                  gl_CooperativeMatrixLayoutRowMajor);
    }
    [[unroll]] for (uint j = 0; j < kFragmentsAcross; ++j) {
      coopmat<float16_t, gl_ScopeSubgroup, kInner, kColumns, gl_MatrixUseB> b;
      if (kTransposed) {
        coopMatLoad(b, pool,
                    weight_at + (column + j * kColumns) * kWeightStride + deep * (kInner / kHalves),
                    kWeightStride, gl_CooperativeMatrixLayoutColumnMajor);
      } else {
        coopMatLoad(b, pool,
                    weight_at + deep * kInner * kWeightStride + (column + j * kColumns) / kHalves,
                    kWeightStride, gl_CooperativeMatrixLayoutRowMajor);
      }
      [[unroll]] for (uint i = 0; i < kFragmentsDown; ++i) {
        sums[i * kFragmentsAcross + j] = coopMatMulAdd(a[i], b, sums[i * kFragmentsAcross + j]);
      }
    }
  }
}

// Computes a vector of y from its eight sums, and writes it if it lies within y.
void store(uint row, uint column, vec4 first_sums, vec4 last_sums) {
  const uint output_vectors = p.output_vectors / 2;
  if (row >= p.rows || column >= output_vectors) return;
  precise vec4 low = activated(first_sums, 2 * column);
  precise vec4 high = activated(last_sums, 2 * column + 1);
  const uint at = row * output_vectors + column;
  if (kInPlace || kAddend) {
    OUT8 added;
    if (kInPlace) {
      added = y[at];
    } else {
      added = addend[((row + p.addend_first) % p.addend_rows) * output_vectors + column];
    }
    low += low_of(added);
    high += high_of(added);
  }
  y[at] = narrow(low, high);
}

void main() {
  const uint tile_row = gl_WorkGroupID.y * kTileRows;
  const uint tile_column = gl_WorkGroupID.x * kTileColumns;
  // This subgroup's rectangle in the tile.
  const uint row = gl_SubgroupID / kSubgroupsAcross * kFragmentsDown * kRows;
  const uint column = gl_SubgroupID % kSubgroupsAcross * kFragmentsAcross * kColumns;

  [[unroll]] for (uint i = 0; i < kFragmentsDown * kFragmentsAcross; ++i) {
    sums[i] = coopmat<float, gl_ScopeSubgroup, kRows, kColumns, gl_MatrixUseAccumulator>(0.0);
  }
  const uint depth = kDepthVectors * kHalves;
  const uint inner = 4 * p.inner_vectors;
  uint current = 0;
  fetch(tile_row, tile_column, 0);
  keep_fetched(current);
  barrier();
  for (uint k = depth; k < inner; k += depth) {
    fetch(tile_row, tile_column, k);
    multiply(current, row, column);
    if (kBuffers == 1) {
      barrier();
    } else {
      current = kXVectors + kWeightVectors - current;
    }
    keep_fetched(current);
    barrier();
  }
  multiply(current, row, column);
  barrier();

  const uint staging = gl_SubgroupID * kStagingVectors;
  [[unroll]] for (uint i = 0; i < kFragmentsDown; ++i) {
    [[unroll]] for (uint j = 0; j < kFragmentsAcross; ++j) {
      coopMatStore(sums[i * kFragmentsAcross + j], pool, staging + j * kColumns / 4,
                   kStagingStride, gl_CooperativeMatrixLayoutRowMajor);
    }
    subgroupBarrier();
    // The number of rounds is constant, so that this loop unrolls. Otherwise the outer loop would
    // not unroll either, and `sums` would be indexed at run time and held in memory.
    [[unroll]] for (uint round = 0; round < kStores; ++round) {
      const uint at = round * gl_WorkGroupSize.x + gl_SubgroupInvocationID;
      if (kStoreCount % gl_WorkGroupSize.x != 0 && at >= kStoreCount) continue;
      const uint from = staging + at / kRowVectors * kStagingStride + at % kRowVectors * 2;
      store(tile_row + row + i * kRows + at / kRowVectors,
            (tile_column + column) / kHalves + at % kRowVectors, uintBitsToFloat(pool[from]),
            uintBitsToFloat(pool[from + 1]));
    }
    subgroupBarrier();
  }
}
