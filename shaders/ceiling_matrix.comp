#version 460
// requires: GL_KHR_cooperative_matrix
// Measures the throughput of the matrix units: chains of f16 matrix products, summed in f32,
// without memory access until the end.
//
//   y  [4 · subgroups of the dispatch] f32; depends on every product, so that none is optimised away
//
// Specialisation constants
//   0 local_size_x    width of a subgroup; Pipeline makes the driver use it
//   1 local_size_y    subgroups in a workgroup
//   2 kRows, 3 kColumns, 4 kInner    one of the device's shapes (f16 × f16 + f32)
//   5 kChains         independent products, which hide each other's latency
// Threads: x, y = any multiple of the workgroup. Each subgroup computes kChains products per
// iteration: flops = subgroups · iterations · kChains · 2 · kRows · kColumns · kInner.
//
// The factors differ from lane to lane, as in real data: equal factors would use less power, and
// the device would run at a higher clock than with real data.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#pragma use_vulkan_memory_model
#include "parameters.h"

layout(local_size_x_id = 0, local_size_y_id = 1) in;
layout(constant_id = 2) const uint kRows = 16;
layout(constant_id = 3) const uint kColumns = 16;
layout(constant_id = 4) const uint kInner = 16;
layout(constant_id = 5) const uint kChains = 8;

layout(push_constant) uniform Push { CeilingParameters p; };

layout(binding = 0, std430) writeonly buffer Y { float y[]; };

// A number in [-1/16, 1/16) that depends on i and the invocation, by a multiplicative hash.
float16_t scattered(uint i) {
  const uint hash = (i * 64 + gl_LocalInvocationIndex + 1) * 2654435761u;
  return float16_t((float(hash >> 16) - 32768.0) / 524288.0);
}

void main() {
  coopmat<float16_t, gl_ScopeSubgroup, kRows, kInner, gl_MatrixUseA> a;
  coopmat<float16_t, gl_ScopeSubgroup, kInner, kColumns, gl_MatrixUseB> b;
  for (uint i = 0; i < a.length(); ++i) a[i] = scattered(i);
  for (uint i = 0; i < b.length(); ++i) b[i] = scattered(i + 37);

  coopmat<float, gl_ScopeSubgroup, kRows, kColumns, gl_MatrixUseAccumulator> sums[kChains];
  [[unroll]] for (uint chain = 0; chain < kChains; ++chain) {
    sums[chain] = coopmat<float, gl_ScopeSubgroup, kRows, kColumns, gl_MatrixUseAccumulator>(
        float(chain));
  }
  for (uint i = 0; i < p.iterations; ++i) {
    [[unroll]] for (uint chain = 0; chain < kChains; ++chain) {
      sums[chain] = coopMatMulAdd(a, b, sums[chain]);
    }
  }

  float total = 0.0;
  [[unroll]] for (uint chain = 0; chain < kChains; ++chain) {
    for (uint i = 0; i < sums[chain].length(); ++i) total += sums[chain][i];
  }
  const uint workgroup = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint subgroup = workgroup * gl_NumSubgroups + gl_SubgroupID;
  if (gl_SubgroupInvocationID < 4) y[4 * subgroup + gl_SubgroupInvocationID] = total;
}
