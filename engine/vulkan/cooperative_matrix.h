#pragma once

#include <vector>

#include "vulkan/device_info.h"
#include "vulkan/vk.h"

/// VK_KHR_cooperative_matrix, declared anew: Vulkan headers before 1.3.255 do not know it. Numbers
/// and layouts are those of the Vulkan specification.
namespace gfnet::vulkan::cooperative_matrix {

inline constexpr const char* kExtension = "VK_KHR_cooperative_matrix";

/// VkPhysicalDeviceCooperativeMatrixFeaturesKHR
struct Features {
  VkStructureType sType = static_cast<VkStructureType>(1000506000);
  void* pNext = nullptr;
  VkBool32 cooperativeMatrix = VK_FALSE;
  VkBool32 cooperativeMatrixRobustBufferAccess = VK_FALSE;
};

/// The shapes in which a subgroup multiplies f16 matrices and adds the product to an f32 one. For a
/// device that offers the extension.
std::vector<MatrixShape> half_shapes(VkInstance instance, VkPhysicalDevice device);

}  // namespace gfnet::vulkan::cooperative_matrix
