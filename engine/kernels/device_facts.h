#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/switched_off.h"

namespace gfnet::kernels {

/// A matrix product [rows, inner]·[inner, columns] that a subgroup computes in one operation.
struct MatrixShape {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t inner = 0;
};

/// The properties of a device that decide which kernels are chosen and how memory is laid out.
struct DeviceFacts {
  std::string name;
  /// Whether the driver runs shaders on the CPU: few wide lanes, costly barriers.
  bool software = false;
  /// What the slowest devices of this kind reach: operations (a multiply-accumulate counts as two)
  /// and bytes of memory traffic, per second. For upper estimates of a step's time. The figures
  /// here are for small GPUs that share the processor's memory, and are no measurements.
  double slowest_flops = 20e9;
  double slowest_bandwidth = 4e9;
  /// Buffers start at a multiple of this many bytes, and buffer sizes are rounded up to a multiple.
  std::uint64_t buffer_alignment = 256;
  /// The largest buffer that a shader can bind, in bytes.
  std::uint64_t max_buffer_bytes = 128u << 20;
  /// The largest single allocation, in bytes. The arena is one allocation.
  std::uint64_t max_allocation_bytes = std::uint64_t{1} << 30;
  /// Largest number of invocations in a workgroup; every Vulkan device allows 128.
  std::uint32_t max_workgroup_invocations = 128;
  /// Shared memory of a workgroup, in bytes; every Vulkan device has 16 KiB.
  std::uint32_t max_shared_memory = 16u << 10;
  /// Largest number of workgroups of a dispatch along each axis; every Vulkan device allows 65535.
  std::uint32_t max_workgroup_count = 65535;
  /// Lanes of a subgroup. 0 if the subgroup size may differ from shader to shader.
  std::uint32_t subgroup_size = 0;
  /// Invocations of a workgroup on a software driver for kernels whose invocations share nothing:
  /// a subgroup's, so that no lanes idle, but at least 8.
  std::uint32_t software_width() const { return std::max(8U, subgroup_size); }
  /// Whether compute shaders can use subgroupBroadcast.
  bool subgroup_broadcast = false;
  /// Size in bytes of the fastest cache that all cores share; 0 if unknown. Spectral layers that
  /// run by lines are split into blocks of channels that fit this cache.
  std::uint64_t cache_bytes = 0;
  /// Largest number of texels in a samplerBuffer; every Vulkan device allows 65536.
  std::uint64_t max_texel_elements = 65536;
  /// half_storage: buffers can hold halves, as half-precision graphs require. half_arithmetic:
  /// shaders can compute in halves.
  bool half_storage = false;
  bool half_arithmetic = false;
  /// Whether shaders can use 64-bit integers.
  bool int64 = false;
  /// Shapes of the matrix units for f16 factors and f32 sums. Empty if the device has no matrix
  /// units, or if the build has no kernel for matrix units.
  std::vector<MatrixShape> matrix_shapes;
  /// Subgroup widths that a kernel can require, ascending.
  std::vector<std::uint32_t> subgroup_widths;
  /// Kernels and algorithms that the device computes wrongly. They are no candidates.
  SwitchedOff switched_off;
  /// 32-bit registers of an invocation, as the structs of kernels/shaders estimate them
  /// (registers()), up to which the driver's compiler keeps all values in registers. 0: no kernel
  /// is known to need more than there are.
  std::uint32_t registers = 0;
  /// The widest subgroup whose invocations have that many registers each; twice as many invocations
  /// have half as many. 0: their number does not depend on the width.
  std::uint32_t registers_width = 0;
  /// The largest workgroup, in invocations, whose invocations have that many registers each; in
  /// larger ones they have fewer. 0: their number does not depend on the workgroup.
  std::uint32_t registers_workgroup = 0;
  /// Whether the compiler keeps two halves in a register.
  bool packs_halves = false;

  /// Width of the subgroups for kernels that work with 4, 8 or 16 lanes and subgroupBroadcast:
  /// subgroup_size if it is one of these, else the widest that a kernel can require. 0 if there is
  /// none.
  std::uint32_t broadcast_lanes() const {
    if (!subgroup_broadcast) return 0;
    std::uint32_t best = 0;
    for (const std::uint32_t width : subgroup_widths) {
      if (width != 4 && width != 8 && width != 16) continue;
      if (best == 0 || best != subgroup_size) best = width;
    }
    return best;
  }

  /// Lanes of a workgroup that is one subgroup, for the kernels of software drivers that transform
  /// lines, share values by subgroupBroadcast and store in 64 bits (variants "…_lanes"). 0 if the
  /// device cannot run them.
  std::uint32_t sharing_lanes() const { return software && int64 ? broadcast_lanes() : 0; }

  /// Invocations of a workgroup for the kernels that transform lines.
  std::uint32_t line_width() const {
    if (!software) return 32;
    if (sharing_lanes() != 0) return sharing_lanes();
    return subgroup_size == 0 ? 8 : subgroup_size;
  }

  /// Registers of an invocation in subgroups of this width.
  std::uint32_t registers_at(std::uint32_t width) const {
    return registers_width == 0 || width <= registers_width ? registers
                                                            : registers * registers_width / width;
  }

  /// The largest workgroup for kernels that keep many values in registers, in invocations.
  std::uint32_t largest_register_workgroup() const {
    return registers_workgroup == 0 ? max_workgroup_invocations : registers_workgroup;
  }
};

/// The units that a step multiplies and adds with: f32, packed f16 or matrix units. A benchmark
/// compares the step's rate with the measured peak of these units.
enum class Arithmetic { kFloat, kHalf, kMatrix };

}  // namespace gfnet::kernels
