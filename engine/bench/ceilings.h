#pragma once

#include "gfnet/benchmark.h"
#include "runtime/device_context.h"

namespace gfnet::bench {

/// Measures the device's peak rates of arithmetic and copying with the shaders ceiling_*.comp.
/// Takes a second or two. Throws VulkanError.
Ceilings measure_ceilings(runtime::DeviceContext& context);

}  // namespace gfnet::bench
