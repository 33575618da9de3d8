#pragma once

// The engine loads every function itself: see functions.h.
#ifndef VK_NO_PROTOTYPES
#define VK_NO_PROTOTYPES
#endif
#include <vulkan/vulkan.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace gfnet::vulkan {

/// Name of a result, as in the specification: "VK_ERROR_DEVICE_LOST".
std::string_view result_name(VkResult result);

/// Throws VulkanError unless result is VK_SUCCESS. call: the source text of the call. The error's
/// message quotes this text, starting at the name of the Vulkan function.
void check(VkResult result, const std::string& call);

/// The bits of a handle, which is a pointer or an integer, depending on the platform.
template <typename Handle>
std::uint64_t bits_of(Handle handle) {
  std::uint64_t bits = 0;
  static_assert(sizeof(handle) <= sizeof(bits));
  std::memcpy(&bits, &handle, sizeof(handle));
  return bits;
}

/// The inverse of bits_of(): the handle that consists of `bits`.
template <typename Handle>
Handle handle_of(std::uint64_t bits) {
  Handle handle = VK_NULL_HANDLE;
  std::memcpy(&handle, &bits, sizeof(handle));
  return handle;
}

}  // namespace gfnet::vulkan

/// Makes a Vulkan call. If the call fails, throws VulkanError with the text of the call, in every
/// build type.
#define GFNET_VK(call) ::gfnet::vulkan::check((call), #call)
