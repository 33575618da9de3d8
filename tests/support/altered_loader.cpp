#include "support/altered_loader.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "vulkan/query/cooperative_matrix.h"

namespace gfnet::test {
namespace {

AlteredLoader* current = nullptr;

/// The functions of the system's loader, or of the driver, that the altered ones call.
struct Originals {
  PFN_vkGetPhysicalDeviceProperties properties = nullptr;
  PFN_vkGetPhysicalDeviceProperties2 properties2 = nullptr;
  PFN_vkGetPhysicalDeviceFeatures2 features2 = nullptr;
  PFN_vkGetPhysicalDeviceQueueFamilyProperties families = nullptr;
  PFN_vkEnumerateDeviceExtensionProperties extensions = nullptr;
  PFN_vkGetDeviceProcAddr device_function = nullptr;
  PFN_vkAllocateMemory allocate = nullptr;
  PFN_vkWaitForFences wait = nullptr;
};
Originals originals;

/// Keeps the function under its type in `originals`, and returns the altered one in its place.
template <typename Function>
PFN_vkVoidFunction replace(PFN_vkVoidFunction function, Function& original, Function altered) {
  original = reinterpret_cast<Function>(function);
  return reinterpret_cast<PFN_vkVoidFunction>(altered);
}

void VKAPI_PTR properties(VkPhysicalDevice device, VkPhysicalDeviceProperties* out) {
  originals.properties(device, out);
  if (current->device_version) out->apiVersion = *current->device_version;
}

void VKAPI_PTR properties2(VkPhysicalDevice device, VkPhysicalDeviceProperties2* out) {
  originals.properties2(device, out);
  if (current->max_storage_buffer_range) {
    out->properties.limits.maxStorageBufferRange = *current->max_storage_buffer_range;
  }
}

void VKAPI_PTR features2(VkPhysicalDevice device, VkPhysicalDeviceFeatures2* out) {
  if (!current->with_matrix_units) return originals.features2(device, out);
  // The device may not know the structures: it is not asked. The features that no case here looks
  // at stay off.
  for (auto* s = static_cast<VkBaseOutStructure*>(out->pNext); s != nullptr; s = s->pNext) {
    if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES) {
      reinterpret_cast<VkPhysicalDeviceShaderFloat16Int8Features*>(s)->shaderFloat16 = VK_TRUE;
    } else if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_MEMORY_MODEL_FEATURES) {
      reinterpret_cast<VkPhysicalDeviceVulkanMemoryModelFeatures*>(s)->vulkanMemoryModel = VK_TRUE;
    } else if (s->sType == vulkan::cooperative_matrix::Features().sType) {
      reinterpret_cast<vulkan::cooperative_matrix::Features*>(s)->cooperativeMatrix = VK_TRUE;
    }
  }
}

/// VkCooperativeMatrixPropertiesKHR, up to the last member that is set.
struct MatrixProperties {
  VkStructureType sType;
  void* pNext;
  std::uint32_t MSize, NSize, KSize;
  std::int32_t AType, BType, CType, ResultType;
  VkBool32 saturatingAccumulation;
  std::int32_t scope;
};

/// Reports f16 × f16 + f32 in a subgroup.
VkResult VKAPI_PTR matrix_properties(VkPhysicalDevice, std::uint32_t* count,
                                     MatrixProperties* out) {
  *count = 1;
  if (out != nullptr) *out = {out->sType, out->pNext, 16, 16, 16, 0, 0, 1, 1, VK_FALSE, 3};
  return VK_SUCCESS;
}

void VKAPI_PTR families(VkPhysicalDevice device, std::uint32_t* count,
                        VkQueueFamilyProperties* out) {
  originals.families(device, count, out);
  if (out == nullptr || !current->without_compute) return;
  for (std::uint32_t i = 0; i < *count; ++i) {
    out[i].queueFlags &= ~static_cast<VkQueueFlags>(VK_QUEUE_COMPUTE_BIT);
  }
}

VkResult VKAPI_PTR extensions(VkPhysicalDevice device, const char* layer, std::uint32_t* count,
                              VkExtensionProperties* out) {
  std::uint32_t all = 0;
  originals.extensions(device, layer, &all, nullptr);
  std::vector<VkExtensionProperties> listed(all);
  originals.extensions(device, layer, &all, listed.data());
  listed.resize(all);
  const auto offer = [&](const char* name) {
    VkExtensionProperties& extension = listed.emplace_back();
    std::strncpy(extension.extensionName, name, sizeof(extension.extensionName) - 1);
  };
  if (current->with_matrix_units) {
    offer(vulkan::cooperative_matrix::kExtension);
    offer(VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME);
    offer(VK_KHR_VULKAN_MEMORY_MODEL_EXTENSION_NAME);
  }
  std::erase_if(listed, [](const VkExtensionProperties& extension) {
    return std::ranges::find(current->hidden_extensions, extension.extensionName) !=
           current->hidden_extensions.end();
  });
  *count = static_cast<std::uint32_t>(listed.size());
  if (out != nullptr) std::ranges::copy(listed, out);
  return VK_SUCCESS;
}

VkResult VKAPI_PTR allocate(VkDevice device, const VkMemoryAllocateInfo* info,
                            const VkAllocationCallbacks* callbacks, VkDeviceMemory* out) {
  if (current->allocation_result != VK_SUCCESS && info->allocationSize >= current->failing_bytes) {
    return current->allocation_result;
  }
  return originals.allocate(device, info, callbacks, out);
}

VkResult VKAPI_PTR wait(VkDevice device, std::uint32_t count, const VkFence* fences, VkBool32 all,
                        std::uint64_t timeout) {
  const VkResult result = originals.wait(device, count, fences, all, timeout);
  return current->wait_result != VK_SUCCESS ? current->wait_result : result;
}

PFN_vkVoidFunction VKAPI_PTR device_function(VkDevice device, const char* name) {
  const PFN_vkVoidFunction function = originals.device_function(device, name);
  const std::string_view wanted = name;
  if (wanted == "vkAllocateMemory") return replace(function, originals.allocate, &allocate);
  if (wanted == "vkWaitForFences") return replace(function, originals.wait, &wait);
  return function;
}

}  // namespace

AlteredLoader::AlteredLoader() { current = this; }
AlteredLoader::~AlteredLoader() { current = nullptr; }

void (*AlteredLoader::get(VkInstance instance, const char* name))() {
  const PFN_vkVoidFunction function = vulkan::system_loader()(instance, name);
  const std::string_view wanted = name;
  if (wanted == "vkGetPhysicalDeviceProperties") {
    return replace(function, originals.properties, &properties);
  }
  if (wanted == "vkGetPhysicalDeviceProperties2") {
    return replace(function, originals.properties2, &properties2);
  }
  if (wanted == "vkGetPhysicalDeviceFeatures2") {
    return replace(function, originals.features2, &features2);
  }
  if (wanted == "vkGetPhysicalDeviceQueueFamilyProperties") {
    return replace(function, originals.families, &families);
  }
  if (wanted == "vkEnumerateDeviceExtensionProperties") {
    return replace(function, originals.extensions, &extensions);
  }
  if (wanted == "vkGetDeviceProcAddr") {
    return replace(function, originals.device_function, &device_function);
  }
  if (wanted == "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR" && current->with_matrix_units) {
    return reinterpret_cast<PFN_vkVoidFunction>(&matrix_properties);
  }
  return function;
}

}  // namespace gfnet::test
