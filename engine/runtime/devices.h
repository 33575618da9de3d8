#pragma once

#include "gfnet/device.h"
#include "vulkan/device_info.h"

namespace gfnet::runtime {

DeviceDescription describe(const vulkan::DeviceInfo& info, bool is_default);

}  // namespace gfnet::runtime
