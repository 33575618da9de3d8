#pragma once

#include <atomic>
#include <memory>

#include "vulkan/vk.h"

/// The functions that the engine and VkFFT call for a device. The macro X is applied to each name.
#define GFNET_DEVICE_FUNCTIONS(X)   \
  X(vkAllocateCommandBuffers)       \
  X(vkAllocateDescriptorSets)       \
  X(vkAllocateMemory)               \
  X(vkBeginCommandBuffer)           \
  X(vkBindBufferMemory)             \
  X(vkCmdBindDescriptorSets)        \
  X(vkCmdBindPipeline)              \
  X(vkCmdCopyBuffer)                \
  X(vkCmdDispatch)                  \
  X(vkCmdFillBuffer)                \
  X(vkCmdPipelineBarrier)           \
  X(vkCmdPushConstants)             \
  X(vkCmdResetQueryPool)            \
  X(vkCmdWriteTimestamp)            \
  X(vkCreateBuffer)                 \
  X(vkCreateBufferView)             \
  X(vkCreateCommandPool)            \
  X(vkCreateComputePipelines)       \
  X(vkCreateDescriptorPool)         \
  X(vkCreateDescriptorSetLayout)    \
  X(vkCreateFence)                  \
  X(vkCreatePipelineCache)          \
  X(vkCreatePipelineLayout)         \
  X(vkCreateQueryPool)              \
  X(vkCreateShaderModule)           \
  X(vkDestroyBuffer)                \
  X(vkDestroyBufferView)            \
  X(vkDestroyCommandPool)           \
  X(vkDestroyDescriptorPool)        \
  X(vkDestroyDescriptorSetLayout)   \
  X(vkDestroyDevice)                \
  X(vkDestroyFence)                 \
  X(vkDestroyPipeline)              \
  X(vkDestroyPipelineCache)         \
  X(vkDestroyPipelineLayout)        \
  X(vkDestroyQueryPool)             \
  X(vkDestroyShaderModule)          \
  X(vkDeviceWaitIdle)               \
  X(vkEndCommandBuffer)             \
  X(vkFlushMappedMemoryRanges)      \
  X(vkFreeCommandBuffers)           \
  X(vkFreeMemory)                   \
  X(vkGetBufferMemoryRequirements)  \
  X(vkGetDeviceQueue)               \
  X(vkGetFenceStatus)               \
  X(vkGetPipelineCacheData)         \
  X(vkGetQueryPoolResults)          \
  X(vkInvalidateMappedMemoryRanges) \
  X(vkMapMemory)                    \
  X(vkQueueSubmit)                  \
  X(vkQueueWaitIdle)                \
  X(vkResetFences)                  \
  X(vkUnmapMemory)                  \
  X(vkUpdateDescriptorSets)         \
  X(vkWaitForFences)

/// The functions of Vulkan extensions that the engine calls for a device. The macro X is applied to
/// each name. If the device lacks the extension, the function's pointer is null.
#define GFNET_OPTIONAL_DEVICE_FUNCTIONS(X) \
  X(vkGetPipelineExecutablePropertiesKHR)  \
  X(vkGetPipelineExecutableStatisticsKHR)

/// The functions that the engine and VkFFT call for an instance or a physical device. The macro X
/// is applied to each name.
#define GFNET_INSTANCE_FUNCTIONS(X)       \
  X(vkCreateDevice)                       \
  X(vkDestroyInstance)                    \
  X(vkEnumerateDeviceExtensionProperties) \
  X(vkEnumeratePhysicalDevices)           \
  X(vkGetDeviceProcAddr)                  \
  X(vkGetPhysicalDeviceFeatures2)         \
  X(vkGetPhysicalDeviceMemoryProperties)  \
  X(vkGetPhysicalDeviceMemoryProperties2) \
  X(vkGetPhysicalDeviceProperties)        \
  X(vkGetPhysicalDeviceProperties2)       \
  X(vkGetPhysicalDeviceQueueFamilyProperties)

namespace gfnet::vulkan {

/// vkGetInstanceProcAddr of the system's Vulkan loader; null if the system has none. The loader is
/// opened at the first call and stays open until the process ends.
PFN_vkGetInstanceProcAddr system_loader();

/// The functions of one instance. The engine has no global function pointers: instances and devices
/// of one process may come from different loaders, and a program may define functions with Vulkan's
/// names.
struct InstanceFunctions {
  /// get: the vkGetInstanceProcAddr of the loader that made the instance. Throws UnsupportedError
  /// if a function is missing, which means that the instance is older than Vulkan 1.1.
  InstanceFunctions(VkInstance instance, PFN_vkGetInstanceProcAddr get);

  VkInstance instance;
  PFN_vkGetInstanceProcAddr vkGetInstanceProcAddr;
#define GFNET_MEMBER(name) PFN_##name name = nullptr;
  GFNET_INSTANCE_FUNCTIONS(GFNET_MEMBER)
};

/// The functions of one device. The pointers lead directly to the device's driver or to a layer,
/// without a detour through the loader.
struct DeviceFunctions {
  /// Throws UnsupportedError if a function is missing.
  DeviceFunctions(const InstanceFunctions& instance, VkDevice device);

  VkDevice device;
  /// Whether the device hangs (Device::hangs). Work that has not ended may still use the device's
  /// objects, so none of them is destroyed any more. Copies of the table share the flag.
  std::shared_ptr<std::atomic<bool>> hangs = std::make_shared<std::atomic<bool>>(false);
  GFNET_DEVICE_FUNCTIONS(GFNET_MEMBER)
  GFNET_OPTIONAL_DEVICE_FUNCTIONS(GFNET_MEMBER)
#undef GFNET_MEMBER
};

}  // namespace gfnet::vulkan
