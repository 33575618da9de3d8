#pragma once

#include <optional>

#include "vulkan/device_info.h"
#include "vulkan/vk.h"

namespace gfnet::vulkan {

/// Asks a physical device for everything DeviceInfo holds, its index aside. nullopt if it has no
/// Vulkan 1.1 or no compute queue. With `graphics`, the queue is one that also draws, if there is
/// such a one.
std::optional<DeviceInfo> query_device(VkInstance instance, VkPhysicalDevice device,
                                       bool graphics = false);

/// Whether a device offers an extension.
bool has_extension(VkPhysicalDevice device, const char* name);

}  // namespace gfnet::vulkan
