#pragma once

#include <volk.h>

#include <string_view>

namespace gfnet::vulkan {

/// Name of a result, as in the specification: "VK_ERROR_DEVICE_LOST".
std::string_view result_name(VkResult result);

/// Throws VulkanError, which names the call, unless result is VK_SUCCESS.
void check(VkResult result, const char* call);

}  // namespace gfnet::vulkan

/// Makes a Vulkan call. Throws VulkanError with the text of the call if it fails, in every build
/// type.
#define GFNET_VK(call) ::gfnet::vulkan::check((call), #call)
