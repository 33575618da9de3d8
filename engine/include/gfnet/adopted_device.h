#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>

// The types behind Vulkan's dispatchable handles, declared as vulkan.h does.
struct VkInstance_T;
struct VkPhysicalDevice_T;
struct VkDevice_T;
struct VkQueue_T;

namespace gfnet {

/// Vulkan's PFN_vkGetInstanceProcAddr.
using GetInstanceProcAddr = void (*(*)(VkInstance_T* instance, const char* name))();

/// A Vulkan device that a program has made and lends to the engine (SharedDevice::adopt). The
/// program keeps all handles. It destroys them after the last object that the engine made from
/// them.
///
/// The features are those that the program enabled in vkCreateDevice, by the names that Vulkan
/// gives them, with the extensions they belong to. The engine uses no others. It needs none of
/// them: a missing feature only leaves out the kernels that use it.
struct AdoptedDevice {
  VkInstance_T* instance = nullptr;
  /// VkApplicationInfo::apiVersion of the instance, at least VK_API_VERSION_1_1.
  std::uint32_t api_version = 0;
  VkPhysicalDevice_T* physical_device = nullptr;
  VkDevice_T* device = nullptr;
  /// A queue of `device` and its family, which must support compute. The engine submits to this
  /// queue only.
  VkQueue_T* queue = nullptr;
  std::uint32_t queue_family = 0;
  /// The engine holds it during every use of the queue. The program must do the same. Null: the
  /// engine makes one, see SharedDevice::queue_mutex().
  std::mutex* queue_mutex = nullptr;
  /// The vkGetInstanceProcAddr that the instance was made with. Null: that of the system's Vulkan
  /// loader.
  GetInstanceProcAddr get_instance_proc_addr = nullptr;

  /// VkPhysicalDevice16BitStorageFeatures or Vulkan 1.1. Without it: no Precision::kFp16.
  bool storage_buffer_16bit_access = false;
  /// VkPhysicalDeviceShaderFloat16Int8Features or Vulkan 1.2.
  bool shader_float16 = false;
  bool shader_int8 = false;
  /// VkPhysicalDevice8BitStorageFeatures or Vulkan 1.2.
  bool storage_buffer_8bit_access = false;
  /// VkPhysicalDeviceVulkanMemoryModelFeatures or Vulkan 1.2.
  bool vulkan_memory_model = false;
  /// VkPhysicalDeviceCooperativeMatrixFeaturesKHR: matrix units. Has an effect only together with
  /// vulkan_memory_model.
  bool cooperative_matrix = false;
  /// VkPhysicalDeviceSubgroupSizeControlFeatures or Vulkan 1.3. Each has an effect only together
  /// with the other.
  bool subgroup_size_control = false;
  bool compute_full_subgroups = false;
  /// VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR.
  bool pipeline_executable_info = false;

  /// Where compiled pipelines are kept between runs. Empty: as in ClassifierOptions.
  std::filesystem::path cache_directory;
};

}  // namespace gfnet
