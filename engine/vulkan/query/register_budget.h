#pragma once

#include <cstdint>

#include "vulkan/device_info.h"

namespace gfnet::vulkan {

/// How many values the shader compiler of a device keeps in registers. No Vulkan driver says so;
/// the numbers are what Mesa's drivers show when they compile the engine's kernels
/// (docs/devices.md), in registers as the structs of engine/kernels/shaders estimate them.
struct RegisterBudget {
  /// Estimated 32-bit registers of an invocation up to which nothing spills. 0: no kernel spills,
  /// or nothing is known of the device.
  std::uint32_t registers = 0;
  /// The widest subgroup whose invocations have that many each; twice as many invocations have half
  /// as many. 0: their number does not depend on the width.
  std::uint32_t width = 0;
  /// The largest workgroup, in invocations, whose invocations have that many each; in larger ones
  /// they have fewer. 0: their number does not depend on the workgroup.
  std::uint32_t workgroup = 0;
  /// Whether the compiler keeps two halves in a register.
  bool packs_halves = false;
};

RegisterBudget register_budget(const DeviceInfo& device);

}  // namespace gfnet::vulkan
