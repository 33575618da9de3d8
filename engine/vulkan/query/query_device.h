#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "vulkan/device_info.h"
#include "vulkan/functions.h"

namespace gfnet::vulkan {

/// Queries everything in DeviceInfo except `index`, as an instance of version Instance::kApiVersion
/// sees it. nullopt if the device lacks Vulkan 1.1 or a
/// compute queue. graphics: prefer a queue that can also draw. Throws VulkanError.
std::optional<DeviceInfo> query_device(const InstanceFunctions& vk, VkPhysicalDevice device,
                                       bool graphics = false);

/// Why query_device returns nullopt for a device: "NAME (Vulkan 1.0.131; the engine needs 1.1)".
std::string reason_against(const InstanceFunctions& vk, VkPhysicalDevice device);

/// Queries everything in DeviceInfo except `index`, for the queue family with the index
/// `queue_family` and the version of the instance. From the version on that took a feature over from
/// its extension, a device has the feature even if it does not list the extension. Throws
/// ArgumentError if the device has no such family, UnsupportedError if the family cannot compute or
/// the device lacks Vulkan 1.1, VulkanError.
DeviceInfo query_device_with_queue(const InstanceFunctions& vk, VkPhysicalDevice device,
                                   std::uint32_t queue_family, std::uint32_t instance_version);

/// The properties of a device. With GFNET_LIMITS, they are reduced (guaranteed_limits.h).
VkPhysicalDeviceProperties properties_of(const InstanceFunctions& vk, VkPhysicalDevice device);

/// Sets a function that is asked before a device's matrix shapes are queried: whether to query
/// them. The device counts as one without matrix units if not. An empty function: always. For
/// drivers whose query crashes or hangs. Not thread-safe.
void set_matrix_guard(std::function<bool(const DeviceInfo& device)> may_query);

/// Whether a device offers an extension, and GFNET_LIMITS does not hide it.
bool has_extension(const InstanceFunctions& vk, VkPhysicalDevice device, const char* name);

}  // namespace gfnet::vulkan
