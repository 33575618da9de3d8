#include "vulkan/query/query_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "gfnet/error.h"
#include "vulkan/instance.h"
#include "vulkan/query/cooperative_matrix.h"
#include "vulkan/query/guaranteed_limits.h"

namespace gfnet::vulkan {
namespace {

/// See set_matrix_guard.
std::function<bool(const DeviceInfo&)>& matrix_guard() {
  static std::function<bool(const DeviceInfo&)> guard;
  return guard;
}

DeviceType type_of(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return DeviceType::kDiscrete;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return DeviceType::kIntegrated;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return DeviceType::kVirtual;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return DeviceType::kCpu;
    default:
      return DeviceType::kOther;
  }
}

std::vector<VkExtensionProperties> extensions_of(const InstanceFunctions& vk,
                                                 VkPhysicalDevice device) {
  std::uint32_t count = 0;
  GFNET_VK(vk.vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr));
  std::vector<VkExtensionProperties> extensions(count);
  GFNET_VK(vk.vkEnumerateDeviceExtensionProperties(device, nullptr, &count, extensions.data()));
  extensions.resize(count);
  if (guaranteed_limits::are_wanted()) {
    std::erase_if(extensions, [](const VkExtensionProperties& extension) {
      return !guaranteed_limits::keeps_extension(extension.extensionName);
    });
  }
  return extensions;
}

bool contains(const std::vector<VkExtensionProperties>& extensions, const char* name) {
  return std::any_of(extensions.begin(), extensions.end(), [&](const VkExtensionProperties& e) {
    return std::strcmp(e.extensionName, name) == 0;
  });
}

/// Adds a structure to the front of a pNext chain.
template <typename Structure>
void chain(void*& head, Structure& structure) {
  structure.pNext = head;
  head = &structure;
}

std::vector<VkQueueFamilyProperties> queue_families_of(const InstanceFunctions& vk,
                                                       VkPhysicalDevice device) {
  std::uint32_t count = 0;
  vk.vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vk.vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
  families.resize(count);
  if (guaranteed_limits::are_wanted()) {
    for (VkQueueFamilyProperties& family : families) guaranteed_limits::apply(family);
  }
  return families;
}

bool draws(const VkQueueFamilyProperties& family) {
  return (family.queueFlags & VK_QUEUE_GRAPHICS_BIT) != 0;
}

bool computes(const VkQueueFamilyProperties& family) {
  return (family.queueFlags & VK_QUEUE_COMPUTE_BIT) != 0 && family.queueCount > 0;
}

/// Finds a queue family for compute. If `graphics` is false, prefers a family that cannot draw, so
/// that the engine's work does not compete with the display. If `graphics` is true, prefers a
/// family that can also draw. nullopt if no family computes.
std::optional<std::uint32_t> find_compute_queue(
    const std::vector<VkQueueFamilyProperties>& families, bool graphics) {
  std::optional<std::uint32_t> found;
  for (std::uint32_t family = 0; family < families.size(); ++family) {
    if (!computes(families[family])) continue;
    if (draws(families[family]) == graphics) return family;
    if (!found) found = family;
  }
  return found;
}

std::uint64_t largest_local_heap(const InstanceFunctions& vk, VkPhysicalDevice device) {
  VkPhysicalDeviceMemoryProperties memory{};
  vk.vkGetPhysicalDeviceMemoryProperties(device, &memory);
  std::uint64_t largest = 0;
  for (std::uint32_t heap = 0; heap < memory.memoryHeapCount; ++heap) {
    if ((memory.memoryHeaps[heap].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0) {
      largest = std::max<std::uint64_t>(largest, memory.memoryHeaps[heap].size);
    }
  }
  return largest;
}

void read_limits(const VkPhysicalDeviceLimits& limits, DeviceInfo& info) {
  info.max_storage_buffer_range = limits.maxStorageBufferRange;
  info.max_workgroup_invocations = limits.maxComputeWorkGroupInvocations;
  std::copy_n(limits.maxComputeWorkGroupSize, 3, info.max_workgroup_size.begin());
  std::copy_n(limits.maxComputeWorkGroupCount, 3, info.max_workgroup_count.begin());
  info.max_shared_memory = limits.maxComputeSharedMemorySize;
  info.min_storage_offset_alignment = limits.minStorageBufferOffsetAlignment;
  info.max_texel_buffer_elements = limits.maxTexelBufferElements;
  info.max_push_constants = limits.maxPushConstantsSize;
  info.max_storage_buffers_per_stage = limits.maxPerStageDescriptorStorageBuffers;
  if (info.timestamp_bits > 0) info.timestamp_period = limits.timestampPeriod;
}

void read_subgroup(const VkPhysicalDeviceSubgroupProperties& subgroup, DeviceInfo& info) {
  info.subgroup_size = subgroup.subgroupSize;
  if ((subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT) == 0) return;
  const auto has = [&](VkSubgroupFeatureFlags flag) {
    return (subgroup.supportedOperations & flag) != 0;
  };
  info.subgroup_basic = has(VK_SUBGROUP_FEATURE_BASIC_BIT);
  info.subgroup_vote = has(VK_SUBGROUP_FEATURE_VOTE_BIT);
  info.subgroup_arithmetic = has(VK_SUBGROUP_FEATURE_ARITHMETIC_BIT);
  info.subgroup_ballot = has(VK_SUBGROUP_FEATURE_BALLOT_BIT);
  info.subgroup_shuffle = has(VK_SUBGROUP_FEATURE_SHUFFLE_BIT);
}

std::string pci_address(const VkPhysicalDevicePCIBusInfoPropertiesEXT& pci) {
  return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", pci.pciDomain, pci.pciBus, pci.pciDevice,
                     pci.pciFunction);
}

std::string version_text(std::uint32_t version) {
  return fmt::format("{}.{}.{}", VK_API_VERSION_MAJOR(version), VK_API_VERSION_MINOR(version),
                     VK_API_VERSION_PATCH(version));
}

void read_properties(const InstanceFunctions& vk, VkPhysicalDevice device,
                     const std::vector<VkExtensionProperties>& extensions, DeviceInfo& info) {
  void* head = nullptr;
  VkPhysicalDeviceIDProperties id{
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES, {}, {}, {}, {}, {}, {}};
  VkPhysicalDeviceMaintenance3Properties maintenance{
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES, nullptr, 0, 0};
  VkPhysicalDeviceSubgroupProperties subgroup{};
  subgroup.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES;
  VkPhysicalDeviceDriverProperties driver{};
  driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES;
  VkPhysicalDeviceSubgroupSizeControlProperties subgroup_sizes{};
  subgroup_sizes.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES;
  VkPhysicalDevicePCIBusInfoPropertiesEXT pci{};
  pci.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT;
  chain(head, id);
  chain(head, maintenance);
  chain(head, subgroup);
  const bool has_driver = info.api_version >= VK_API_VERSION_1_2 ||
                          contains(extensions, VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME);
  if (has_driver) chain(head, driver);
  const bool has_sizes = info.api_version >= VK_API_VERSION_1_3 ||
                         contains(extensions, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
  if (has_sizes) chain(head, subgroup_sizes);
  const bool has_pci = contains(extensions, VK_EXT_PCI_BUS_INFO_EXTENSION_NAME);
  if (has_pci) chain(head, pci);

  VkPhysicalDeviceProperties2 properties{};
  properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
  properties.pNext = head;
  vk.vkGetPhysicalDeviceProperties2(device, &properties);
  if (info.guaranteed_only) {
    guaranteed_limits::apply(properties.properties);
    guaranteed_limits::apply(maintenance);
    guaranteed_limits::apply(subgroup);
  }

  std::copy_n(id.deviceUUID, 16, info.device_uuid.begin());
  std::copy_n(id.driverUUID, 16, info.driver_uuid.begin());
  if (has_pci) info.pci_address = pci_address(pci);
  info.max_memory_allocation = maintenance.maxMemoryAllocationSize;
  read_limits(properties.properties.limits, info);
  read_subgroup(subgroup, info);
  info.min_subgroup_size = has_sizes ? subgroup_sizes.minSubgroupSize : info.subgroup_size;
  info.subgroup_size_control =
      has_sizes && (subgroup_sizes.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0;
  info.max_subgroup_size = has_sizes ? subgroup_sizes.maxSubgroupSize : info.subgroup_size;
  // The driver may run subgroups of any width.
  if (info.guaranteed_only) info.max_subgroup_size = guaranteed_limits::kWidestSubgroup;
  if (has_driver) {
    info.driver = driver.driverName;
    info.driver_version = driver.driverInfo;
  }
  if (info.driver.empty()) info.driver = "unknown driver";
  if (info.driver_version.empty()) info.driver_version = version_text(info.driver_version_number);
}

/// instance_version: Vulkan version of the instance. A feature that a later version took over from
/// an extension is there from that version on, even if the driver does not list the extension.
void read_features(const InstanceFunctions& vk, VkPhysicalDevice device,
                   std::uint32_t instance_version,
                   const std::vector<VkExtensionProperties>& extensions, DeviceInfo& info) {
  const std::uint32_t version = std::min(info.api_version, instance_version);
  const auto offers = [&](const char* extension, std::uint32_t since) {
    return version >= since || contains(extensions, extension);
  };
  void* head = nullptr;
  VkPhysicalDevice16BitStorageFeatures storage16{};
  storage16.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES;
  VkPhysicalDeviceShaderFloat16Int8Features float16{};
  float16.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES;
  VkPhysicalDevice8BitStorageFeatures storage8{};
  storage8.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES;
  VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR executables{};
  executables.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR;
  VkPhysicalDeviceSubgroupSizeControlFeatures subgroup_sizes{};
  subgroup_sizes.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES;
  VkPhysicalDeviceVulkanMemoryModelFeatures memory_model{};
  memory_model.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_MEMORY_MODEL_FEATURES;
  cooperative_matrix::Features matrices;
  chain(head, storage16);
  if (offers(VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME, VK_API_VERSION_1_2)) chain(head, float16);
  if (offers(VK_KHR_8BIT_STORAGE_EXTENSION_NAME, VK_API_VERSION_1_2)) chain(head, storage8);
  if (contains(extensions, VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME)) {
    chain(head, executables);
  }
  if (offers(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME, VK_API_VERSION_1_3)) {
    chain(head, subgroup_sizes);
  }
  if (offers(VK_KHR_VULKAN_MEMORY_MODEL_EXTENSION_NAME, VK_API_VERSION_1_2)) {
    chain(head, memory_model);
  }
  const bool has_matrices = contains(extensions, cooperative_matrix::kExtension);
  if (has_matrices) chain(head, matrices);
  VkPhysicalDeviceFeatures2 features{};
  features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
  features.pNext = head;
  vk.vkGetPhysicalDeviceFeatures2(device, &features);
  if (info.guaranteed_only) {
    guaranteed_limits::apply(storage16);
    guaranteed_limits::apply(features.features);
  }

  info.fp16_storage = storage16.storageBuffer16BitAccess == VK_TRUE;
  info.fp16_arithmetic = float16.shaderFloat16 == VK_TRUE;
  info.int8_arithmetic = float16.shaderInt8 == VK_TRUE;
  info.int64_arithmetic = features.features.shaderInt64 == VK_TRUE;
  info.int8_storage = storage8.storageBuffer8BitAccess == VK_TRUE;
  info.memory_budget = contains(extensions, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
  info.pipeline_statistics = executables.pipelineExecutableInfo == VK_TRUE;
  info.subgroup_size_control = info.subgroup_size_control &&
                               subgroup_sizes.subgroupSizeControl == VK_TRUE &&
                               subgroup_sizes.computeFullSubgroups == VK_TRUE;
  info.cooperative_matrix =
      matrices.cooperativeMatrix == VK_TRUE && memory_model.vulkanMemoryModel == VK_TRUE;
  // The kernels for matrix units compute in f16, too.
  if (info.cooperative_matrix && info.fp16_arithmetic && matrix_guard() && !matrix_guard()(info)) {
    info.cooperative_matrix = false;
  }
  if (info.cooperative_matrix && info.fp16_arithmetic) {
    info.matrix_shapes = cooperative_matrix::half_shapes(vk, device);
  }
}

/// Queries everything in DeviceInfo except `index`. properties: those of properties_of().
DeviceInfo query(const InstanceFunctions& vk, VkPhysicalDevice device,
                 const VkPhysicalDeviceProperties& properties,
                 const VkQueueFamilyProperties& queue_family, std::uint32_t queue_family_index,
                 std::uint32_t instance_version) {
  DeviceInfo info;
  info.guaranteed_only = guaranteed_limits::are_wanted();
  info.compute_queue_family = queue_family_index;
  info.queue_draws = draws(queue_family);
  info.timestamp_bits = queue_family.timestampValidBits;
  info.name = properties.deviceName;
  info.type = type_of(properties.deviceType);
  info.vendor_id = properties.vendorID;
  info.device_id = properties.deviceID;
  info.driver_version_number = properties.driverVersion;
  info.api_version = properties.apiVersion;
  info.api_version_text = version_text(properties.apiVersion);
  std::copy_n(properties.pipelineCacheUUID, 16, info.pipeline_cache_uuid.begin());
  info.memory_bytes = largest_local_heap(vk, device);

  const std::vector<VkExtensionProperties> extensions = extensions_of(vk, device);
  read_properties(vk, device, extensions, info);
  read_features(vk, device, instance_version, extensions, info);
  return info;
}

}  // namespace

VkPhysicalDeviceProperties properties_of(const InstanceFunctions& vk, VkPhysicalDevice device) {
  VkPhysicalDeviceProperties properties{};
  vk.vkGetPhysicalDeviceProperties(device, &properties);
  if (guaranteed_limits::are_wanted()) guaranteed_limits::apply(properties);
  return properties;
}

void set_matrix_guard(std::function<bool(const DeviceInfo& device)> may_query) {
  matrix_guard() = std::move(may_query);
}

bool has_extension(const InstanceFunctions& vk, VkPhysicalDevice device, const char* name) {
  return contains(extensions_of(vk, device), name);
}

std::optional<DeviceInfo> query_device(const InstanceFunctions& vk, VkPhysicalDevice device,
                                       bool graphics) {
  const VkPhysicalDeviceProperties properties = properties_of(vk, device);
  if (properties.apiVersion < VK_API_VERSION_1_1) return std::nullopt;
  const std::vector<VkQueueFamilyProperties> families = queue_families_of(vk, device);
  const std::optional<std::uint32_t> family = find_compute_queue(families, graphics);
  if (!family) return std::nullopt;
  return query(vk, device, properties, families[*family], *family, Instance::kApiVersion);
}

std::string reason_against(const InstanceFunctions& vk, VkPhysicalDevice device) {
  const VkPhysicalDeviceProperties properties = properties_of(vk, device);
  if (properties.apiVersion < VK_API_VERSION_1_1) {
    return fmt::format("{} (Vulkan {}; the engine needs 1.1)", properties.deviceName,
                       version_text(properties.apiVersion));
  }
  return fmt::format("{} (no queue computes)", properties.deviceName);
}

DeviceInfo query_device_with_queue(const InstanceFunctions& vk, VkPhysicalDevice device,
                                   std::uint32_t queue_family, std::uint32_t instance_version) {
  const VkPhysicalDeviceProperties properties = properties_of(vk, device);
  if (properties.apiVersion < VK_API_VERSION_1_1) {
    throw UnsupportedError(
        fmt::format("Vulkan {} (the engine needs 1.1)", version_text(properties.apiVersion)),
        properties.deviceName);
  }
  const std::vector<VkQueueFamilyProperties> families = queue_families_of(vk, device);
  if (queue_family >= families.size()) {
    throw ArgumentError(fmt::format("queue family {}: {} has only {}", queue_family,
                                    properties.deviceName, families.size()));
  }
  if (!computes(families[queue_family])) {
    throw UnsupportedError(fmt::format("compute on queue family {}", queue_family),
                           properties.deviceName);
  }
  return query(vk, device, properties, families[queue_family], queue_family, instance_version);
}

}  // namespace gfnet::vulkan
