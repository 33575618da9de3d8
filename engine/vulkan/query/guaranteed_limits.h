#pragma once

#include <cstdint>
#include <string_view>

#include "vulkan/vk.h"

/// What Vulkan 1.1 guarantees on every device ("Required Limits" in the Vulkan specification). With
/// the environment variable GFNET_LIMITS=minimum the engine sees each device as if it offered no
/// more. So one device shows whether the engine runs on all others.
namespace gfnet::vulkan::guaranteed_limits {

/// Whether GFNET_LIMITS asks for them. Throws ArgumentError if the variable is neither empty nor
/// "minimum".
bool are_wanted();

/// The largest subgroup that Vulkan knows, in invocations.
inline constexpr std::uint32_t kWidestSubgroup = 128;

/// Each function reduces an answer of a device to what is guaranteed.
void apply(VkPhysicalDeviceProperties& properties);
void apply(VkPhysicalDeviceMaintenance3Properties& properties);
/// Subgroups of at least one invocation, which can do no more than subgroupElect and barriers.
void apply(VkPhysicalDeviceSubgroupProperties& properties);
/// One queue, and no timestamps.
void apply(VkQueueFamilyProperties& family);
/// No memory is coherent. Vulkan guarantees one coherent type, but a device's fast types may all be
/// others.
void apply(VkPhysicalDeviceMemoryProperties& memory);
/// No optional feature.
void apply(VkPhysicalDeviceFeatures& features);
void apply(VkPhysicalDevice16BitStorageFeatures& features);
/// Whether an extension stays. Those that only connect to the system do: swapchains, the mark of
/// devices on top of another API, and the driver's name.
bool keeps_extension(std::string_view name);

}  // namespace gfnet::vulkan::guaranteed_limits
