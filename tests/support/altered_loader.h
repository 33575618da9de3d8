#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vulkan/functions.h"

namespace gfnet::test {

/// The system's Vulkan loader with changes: other properties and features of devices, and calls
/// that fail. For AdoptedDevice::get_instance_proc_addr. One exists at a time; what uses it must
/// not outlive it.
struct AlteredLoader {
  AlteredLoader();
  ~AlteredLoader();
  AlteredLoader(const AlteredLoader&) = delete;
  AlteredLoader& operator=(const AlteredLoader&) = delete;

  /// A vkGetInstanceProcAddr.
  static void (*get(VkInstance instance, const char* name))();

  /// Vulkan version of the devices.
  std::optional<std::uint32_t> device_version;
  std::optional<std::uint32_t> max_storage_buffer_range;
  /// No queue family can compute.
  bool without_compute = false;
  /// Extensions that devices do not list.
  std::vector<std::string> hidden_extensions;
  /// Devices report matrix units with the shape 16×16×16, and the features that they need: f16
  /// arithmetic and the memory model. Shaders that use them do not run.
  bool with_matrix_units = false;
  /// Allocations of at least `failing_bytes` return `allocation_result`.
  std::uint64_t failing_bytes = 0;
  VkResult allocation_result = VK_SUCCESS;
  /// What waiting for a fence returns. If it is not VK_SUCCESS, the wait still happens.
  VkResult wait_result = VK_SUCCESS;
};

}  // namespace gfnet::test
