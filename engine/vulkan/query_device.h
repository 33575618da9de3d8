#pragma once

#include <optional>

#include "vulkan/device_info.h"
#include "vulkan/vk.h"

namespace gfnet::vulkan {

/// Queries everything in DeviceInfo except `index`. nullopt if the device lacks Vulkan 1.1 or a
/// compute queue. graphics: prefer a queue that can also draw. Throws VulkanError.
std::optional<DeviceInfo> query_device(VkInstance instance, VkPhysicalDevice device,
                                       bool graphics = false);

/// Whether a device offers an extension.
bool has_extension(VkPhysicalDevice device, const char* name);

}  // namespace gfnet::vulkan
