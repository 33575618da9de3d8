#pragma once

#include <vector>

#include "vulkan/device_info.h"
#include "vulkan/functions.h"

/// Declarations of VK_KHR_cooperative_matrix, which Vulkan headers before 1.3.255 lack. Numbers and
/// layouts are those of the Vulkan specification.
namespace gfnet::vulkan::cooperative_matrix {

inline constexpr const char* kExtension = "VK_KHR_cooperative_matrix";

/// The Vulkan struct VkPhysicalDeviceCooperativeMatrixFeaturesKHR.
struct Features {
  VkStructureType sType = static_cast<VkStructureType>(1000506000);
  void* pNext = nullptr;
  VkBool32 cooperativeMatrix = VK_FALSE;
  VkBool32 cooperativeMatrixRobustBufferAccess = VK_FALSE;
};

/// Lists the shapes in which a subgroup can multiply two f16 matrices and add the product to an f32
/// matrix. Each shape is listed once, in the driver's order. The device must offer the extension.
/// Throws VulkanError.
std::vector<MatrixShape> half_shapes(const InstanceFunctions& vk, VkPhysicalDevice device);

}  // namespace gfnet::vulkan::cooperative_matrix
