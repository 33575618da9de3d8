#include "vulkan/query/guaranteed_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "gfnet/error.h"
#include "system/variables.h"

namespace gfnet::vulkan::guaranteed_limits {
namespace {

template <typename Number>
void at_most(Number& value, Number limit) {
  value = std::min(value, limit);
}

template <typename Number>
void at_least(Number& value, Number limit) {
  value = std::max(value, limit);
}

}  // namespace

bool are_wanted() {
  const std::string value = system::variable("GFNET_LIMITS").value_or("");
  if (value.empty()) return false;
  if (value == "minimum") return true;
  throw ArgumentError(fmt::format("GFNET_LIMITS is '{}'; it must be 'minimum' or empty", value));
}

void apply(VkPhysicalDeviceProperties& properties) {
  at_most<std::uint32_t>(properties.apiVersion, VK_API_VERSION_1_1);
  VkPhysicalDeviceLimits& limits = properties.limits;
  at_most(limits.maxTexelBufferElements, 65536U);
  at_most(limits.maxUniformBufferRange, 16384U);
  at_most(limits.maxStorageBufferRange, 1U << 27);
  at_most(limits.maxPushConstantsSize, 128U);
  at_most(limits.maxMemoryAllocationCount, 4096U);
  at_most(limits.maxBoundDescriptorSets, 4U);
  at_most(limits.maxPerStageDescriptorUniformBuffers, 12U);
  at_most(limits.maxPerStageDescriptorStorageBuffers, 4U);
  at_most(limits.maxPerStageDescriptorSampledImages, 16U);
  at_most(limits.maxPerStageResources, 128U);
  at_most(limits.maxDescriptorSetUniformBuffers, 72U);
  at_most(limits.maxDescriptorSetStorageBuffers, 24U);
  at_most(limits.maxDescriptorSetSampledImages, 96U);
  at_most(limits.maxComputeSharedMemorySize, 16384U);
  for (std::uint32_t& count : limits.maxComputeWorkGroupCount) at_most(count, 65535U);
  at_most(limits.maxComputeWorkGroupInvocations, 128U);
  at_most(limits.maxComputeWorkGroupSize[0], 128U);
  at_most(limits.maxComputeWorkGroupSize[1], 128U);
  at_most(limits.maxComputeWorkGroupSize[2], 64U);
  for (VkDeviceSize* alignment :
       {&limits.minTexelBufferOffsetAlignment, &limits.minUniformBufferOffsetAlignment,
        &limits.minStorageBufferOffsetAlignment, &limits.nonCoherentAtomSize}) {
    at_least<VkDeviceSize>(*alignment, 256);
  }
  limits.timestampComputeAndGraphics = VK_FALSE;
}

void apply(VkPhysicalDeviceMaintenance3Properties& properties) {
  at_most(properties.maxPerSetDescriptors, 1024U);
  at_most<VkDeviceSize>(properties.maxMemoryAllocationSize, VkDeviceSize{1} << 30);
}

void apply(VkPhysicalDeviceSubgroupProperties& properties) {
  properties.subgroupSize = 1;
  properties.supportedStages &= VK_SHADER_STAGE_COMPUTE_BIT;
  properties.supportedOperations &= VK_SUBGROUP_FEATURE_BASIC_BIT;
}

void apply(VkQueueFamilyProperties& family) {
  at_most(family.queueCount, 1U);
  family.timestampValidBits = 0;
}

void apply(VkPhysicalDeviceMemoryProperties& memory) {
  for (std::uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
    memory.memoryTypes[i].propertyFlags &=
        ~static_cast<VkMemoryPropertyFlags>(VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
  }
}

void apply(VkPhysicalDeviceFeatures& features) { features = {}; }

void apply(VkPhysicalDevice16BitStorageFeatures& features) {
  features.storageBuffer16BitAccess = VK_FALSE;
  features.uniformAndStorageBuffer16BitAccess = VK_FALSE;
  features.storagePushConstant16 = VK_FALSE;
  features.storageInputOutput16 = VK_FALSE;
}

bool keeps_extension(std::string_view name) {
  return name == VK_KHR_SWAPCHAIN_EXTENSION_NAME || name == "VK_KHR_portability_subset" ||
         name == VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME;
}

}  // namespace gfnet::vulkan::guaranteed_limits
