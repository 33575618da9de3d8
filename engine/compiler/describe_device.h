#pragma once

#include "gfnet/device.h"
#include "vulkan/device_info.h"

namespace gfnet::compiler {

/// The public description of a device. is_default: whether the engine uses this device if none is
/// named.
DeviceDescription describe(const vulkan::DeviceInfo& info, bool is_default);

}  // namespace gfnet::compiler
