#pragma once

#include "kernels/device_facts.h"

namespace gfnet::test {

/// A GPU as most are: with halves, without matrix units.
inline kernels::DeviceFacts gpu_facts() {
  kernels::DeviceFacts facts;
  facts.max_shared_memory = 48u << 10;
  facts.max_workgroup_invocations = 1024;
  facts.half_storage = facts.half_arithmetic = true;
  return facts;
}

/// A software driver with subgroups of eight, on which every buffer can be a texel buffer.
inline kernels::DeviceFacts software_facts() {
  kernels::DeviceFacts facts;
  facts.software = facts.subgroup_broadcast = true;
  facts.subgroup_size = 8;
  facts.subgroup_widths = {8};
  facts.max_texel_elements = 1u << 27;
  facts.max_shared_memory = 32u << 10;
  return facts;
}

}  // namespace gfnet::test
