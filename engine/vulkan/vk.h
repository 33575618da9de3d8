#pragma once

#include <volk.h>

#include <string_view>

namespace gfnet::vulkan {

/// Name of a result, as in the specification: "VK_ERROR_DEVICE_LOST".
std::string_view result_name(VkResult result);

/// Throws VulkanError naming the call unless it succeeded.
void check(VkResult result, const char* call);

}  // namespace gfnet::vulkan

/// Makes a Vulkan call and throws VulkanError, with the call's text, if it fails. In every build.
#define GFNET_VK(call) ::gfnet::vulkan::check((call), #call)
