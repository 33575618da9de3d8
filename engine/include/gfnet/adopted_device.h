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
/// program owns all handles. It may destroy them only after every object that the engine made with
/// them is destroyed.
///
/// The bool members say which features the program has enabled in vkCreateDevice. They have the
/// names that Vulkan gives to the features. If a feature belongs to an extension, the program must
/// have enabled the extension too. The engine uses no other features and needs none of these: a
/// missing feature only leaves out the kernels that use it.
struct AdoptedDevice {
  VkInstance_T* instance = nullptr;
  /// VkApplicationInfo::apiVersion of the instance, at least VK_API_VERSION_1_1. Features that this
  /// version and the device's have in their core may be enabled without their extensions.
  std::uint32_t api_version = 0;
  VkPhysicalDevice_T* physical_device = nullptr;
  VkDevice_T* device = nullptr;
  /// A queue of `device`, and the family of this queue, which must support compute. The engine
  /// submits to this queue only.
  VkQueue_T* queue = nullptr;
  std::uint32_t queue_family = 0;
  /// The mutex of `queue`. The engine locks it during every use of the queue, and the program must
  /// do the same, but must not hold it while it calls the engine. If the program adopts a device
  /// twice, both adoptions need the same mutex. Null: the engine makes a mutex, see
  /// SharedDevice::queue_mutex().
  std::mutex* queue_mutex = nullptr;
  /// The vkGetInstanceProcAddr that the instance was made with. Null: the function of the system's
  /// Vulkan loader.
  GetInstanceProcAddr get_instance_proc_addr = nullptr;

  /// In VkPhysicalDeviceFeatures. If false, software drivers normalise tokens and transform large
  /// grids more slowly.
  bool shader_int64 = false;
  /// In VkPhysicalDevice16BitStorageFeatures or Vulkan 1.1. If false, Precision::kFp16 is not
  /// supported.
  bool storage_buffer_16bit_access = false;
  /// Both in VkPhysicalDeviceShaderFloat16Int8Features or Vulkan 1.2.
  bool shader_float16 = false;
  bool shader_int8 = false;
  /// In VkPhysicalDevice8BitStorageFeatures or Vulkan 1.2.
  bool storage_buffer_8bit_access = false;
  /// In VkPhysicalDeviceVulkanMemoryModelFeatures or Vulkan 1.2.
  bool vulkan_memory_model = false;
  /// In VkPhysicalDeviceCooperativeMatrixFeaturesKHR: matrix units. Has an effect only if
  /// vulkan_memory_model and shader_float16 are set too.
  bool cooperative_matrix = false;
  /// Both in VkPhysicalDeviceSubgroupSizeControlFeatures or Vulkan 1.3. subgroup_size_control and
  /// compute_full_subgroups have an effect only if both are set.
  bool subgroup_size_control = false;
  bool compute_full_subgroups = false;
  /// In VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR.
  bool pipeline_executable_info = false;

  /// Folder that keeps compiled pipelines between runs of the program. Empty: the default of
  /// ClassifierOptions::cache_directory.
  std::filesystem::path cache_directory;
};

}  // namespace gfnet
