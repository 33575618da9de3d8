#include "vulkan/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>
#include <vector>

#include "base/environment.h"
#include "gfnet/error.h"
#include "vulkan/commands/recording.h"
#include "vulkan/handle.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/query/cooperative_matrix.h"
#include "vulkan/query/guaranteed_limits.h"
#include "vulkan/query/query_device.h"

namespace gfnet::vulkan {
namespace {

/// Time after which a device that has not finished a submission counts as hung. Submissions to a
/// GPU take at most a second or so, but other programs may use the GPU as well. A software driver
/// may share its processor with many programs, and compiles when a shader first runs.
std::chrono::seconds patience(const DeviceInfo& info) {
  return seconds_variable("GFNET_HANG_SECONDS")
      .value_or(std::chrono::seconds(info.type == DeviceType::kCpu ? 600 : 60));
}

/// Whether the system starts another thread. Drivers need threads, and report any failure as
/// unknown.
bool can_start_thread() {
  try {
    std::thread([] {}).join();
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace

Device::Owner Device::make(const Instance& instance, const DeviceInfo& info,
                           std::span<const std::string> more_extensions) {
  const InstanceFunctions& vk = instance.vk();
  const VkPhysicalDevice physical_device = instance.physical_device(info);
  std::vector<const char*> extensions;
  void* head = nullptr;
  const auto chain = [&head](auto& structure) {
    structure.pNext = head;
    head = &structure;
  };
  VkPhysicalDevice16BitStorageFeatures storage16{};
  storage16.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES;
  storage16.storageBuffer16BitAccess = VK_TRUE;
  if (info.fp16_storage) chain(storage16);
  VkPhysicalDeviceShaderFloat16Int8Features float16{};
  float16.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES;
  float16.shaderFloat16 = info.fp16_arithmetic ? VK_TRUE : VK_FALSE;
  float16.shaderInt8 = info.int8_arithmetic ? VK_TRUE : VK_FALSE;
  if (info.fp16_arithmetic || info.int8_arithmetic) {
    chain(float16);
    extensions.push_back(VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME);
  }
  VkPhysicalDevice8BitStorageFeatures storage8{};
  storage8.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES;
  storage8.storageBuffer8BitAccess = VK_TRUE;
  if (info.int8_storage) {
    chain(storage8);
    extensions.push_back(VK_KHR_8BIT_STORAGE_EXTENSION_NAME);
  }
  VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR executables{};
  executables.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR;
  executables.pipelineExecutableInfo = VK_TRUE;
  if (info.pipeline_statistics) {
    chain(executables);
    extensions.push_back(VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME);
  }
  VkPhysicalDeviceSubgroupSizeControlFeatures subgroup_sizes{};
  subgroup_sizes.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES;
  subgroup_sizes.subgroupSizeControl = VK_TRUE;
  subgroup_sizes.computeFullSubgroups = VK_TRUE;
  if (info.subgroup_size_control) {
    chain(subgroup_sizes);
    extensions.push_back(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
  }
  VkPhysicalDeviceVulkanMemoryModelFeatures memory_model{};
  memory_model.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_MEMORY_MODEL_FEATURES;
  memory_model.vulkanMemoryModel = VK_TRUE;
  cooperative_matrix::Features matrices;
  matrices.cooperativeMatrix = VK_TRUE;
  if (info.cooperative_matrix) {
    chain(memory_model);
    chain(matrices);
    extensions.push_back(VK_KHR_VULKAN_MEMORY_MODEL_EXTENSION_NAME);
    extensions.push_back(cooperative_matrix::kExtension);
  }
  // Devices on top of another API (MoltenVK) offer this extension; it must then be enabled.
  if (has_extension(vk, physical_device, "VK_KHR_portability_subset")) {
    extensions.push_back("VK_KHR_portability_subset");
  }

  for (const std::string& name : more_extensions) {
    if (!has_extension(vk, physical_device, name.c_str())) {
      throw UnsupportedError("the Vulkan extension " + name, info.name);
    }
    extensions.push_back(name.c_str());
  }

  const float priority = 1.0F;
  VkDeviceQueueCreateInfo queue{};
  queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
  queue.queueFamilyIndex = info.compute_queue_family;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  VkPhysicalDeviceFeatures features{};
  features.shaderInt64 = info.int64_arithmetic ? VK_TRUE : VK_FALSE;
  VkDeviceCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  create.pNext = head;
  create.queueCreateInfoCount = 1;
  create.pQueueCreateInfos = &queue;
  create.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  create.ppEnabledExtensionNames = extensions.data();
  create.pEnabledFeatures = &features;
  VkDevice device = VK_NULL_HANDLE;
  const VkResult result = vk.vkCreateDevice(physical_device, &create, nullptr, &device);
  if (result != VK_SUCCESS && !can_start_thread()) {
    throw UnsupportedError(
        fmt::format("the threads of the driver cannot be started (vkCreateDevice: {}); the system "
                    "may limit the number of processes and threads (ulimit -u)",
                    result_name(result)));
  }
  check(result, "vkCreateDevice(physical_device, &create, nullptr, &device)");
  return {device, DestroyDevice{reinterpret_cast<PFN_vkDestroyDevice>(
                      vk.vkGetDeviceProcAddr(device, "vkDestroyDevice"))}};
}

Device::Device(const Instance& instance, const DeviceInfo& info,
               std::span<const std::string> more_extensions)
    : instance_(instance),
      info_(info),
      physical_device_(instance.physical_device(info)),
      owner_(make(instance, info, more_extensions)),
      vk_(instance.vk(), owner_.get()),
      fences_(patience(info)) {
  vk_.vkGetDeviceQueue(vk_.device, info.compute_queue_family, 0, &queue_);
  find_buffer_requirements();
}

Device::Device(const Instance& instance, const DeviceInfo& info, const Adopted& adopted)
    : instance_(instance),
      info_(info),
      physical_device_(adopted.physical_device),
      vk_(instance.vk(), adopted.device),
      queue_(adopted.queue),
      fences_(patience(info)) {
  if (adopted.queue_mutex != nullptr) queue_mutex_ = adopted.queue_mutex;
  find_buffer_requirements();
}

Device::~Device() {
  if (hangs()) {
    instance_.leak();
    static_cast<void>(owner_.release());
    return;
  }
  // Not without submissions: RADV's null device, which only compiles, crashes in this call. Not for
  // an adopted device, whose other queues may be in use: every Submission waits for itself.
  if (owner_ && submitted_) vk_.vkDeviceWaitIdle(vk_.device);
}

void Device::find_buffer_requirements() {
  instance_.vk().vkGetPhysicalDeviceMemoryProperties(physical_device_, &memory_properties_);
  if (info_.guaranteed_only) guaranteed_limits::apply(memory_properties_);
  VkBufferCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  create.size = 256;
  create.usage = Buffer::kUsage;
  VkBuffer buffer = VK_NULL_HANDLE;
  GFNET_VK(vk_.vkCreateBuffer(vk_.device, &create, nullptr, &buffer));
  const Handle<VkBuffer, DestroyBuffer> owner(vk_, buffer);
  VkMemoryRequirements requirements{};
  vk_.vkGetBufferMemoryRequirements(vk_.device, buffer, &requirements);
  buffer_memory_types_ = requirements.memoryTypeBits;
  // 16 aligns a vec4 at the start of any buffer. All three numbers are powers of two.
  buffer_alignment_ =
      std::max<std::uint64_t>({requirements.alignment, info_.min_storage_offset_alignment, 16});
}

std::uint32_t Device::memory_type(MemoryKind kind) const {
  constexpr VkMemoryPropertyFlags kLocal = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
  constexpr VkMemoryPropertyFlags kVisible = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT;
  constexpr VkMemoryPropertyFlags kCoherent = kVisible | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  constexpr VkMemoryPropertyFlags kCached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
  struct Wish {
    VkMemoryPropertyFlags must;
    VkMemoryPropertyFlags must_not;
  };
  // Best first. Every driver offers a type for the last entry of each list.
  std::vector<Wish> wishes;
  switch (kind) {
    case MemoryKind::kDeviceLocal:
      wishes = {{kLocal, kVisible}, {kLocal, 0}, {0, 0}};
      break;
    case MemoryKind::kUpload:
      // Host-visible memory on the card is scarce; host memory is not.
      wishes = {{kCoherent, kLocal | kCached}, {kCoherent, kLocal}, {kCoherent, 0}, {kVisible, 0}};
      break;
    case MemoryKind::kReadback:
    case MemoryKind::kShared:
      // The host reads memory that is not cached many times slower. To invalidate a cache costs
      // less.
      wishes = {{kCoherent | kCached, kLocal},
                {kCoherent | kCached, 0},
                {kVisible | kCached, 0},
                {kVisible, 0}};
      break;
  }
  for (const Wish& wish : wishes) {
    for (std::uint32_t type = 0; type < memory_properties_.memoryTypeCount; ++type) {
      const VkMemoryPropertyFlags flags = memory_properties_.memoryTypes[type].propertyFlags;
      constexpr VkMemoryPropertyFlags kUnusual =
          VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT | VK_MEMORY_PROPERTY_PROTECTED_BIT |
          VK_MEMORY_PROPERTY_DEVICE_COHERENT_BIT_AMD | VK_MEMORY_PROPERTY_DEVICE_UNCACHED_BIT_AMD;
      if ((buffer_memory_types_ & (1U << type)) != 0 && (flags & kUnusual) == 0 &&
          (flags & wish.must) == wish.must && (flags & wish.must_not) == 0) {
        return type;
      }
    }
  }
  throw VulkanError("looking for a memory type", VK_ERROR_FEATURE_NOT_PRESENT,
                    "VK_ERROR_FEATURE_NOT_PRESENT");
}

std::optional<std::uint64_t> Device::free_bytes(MemoryKind kind) const {
  if (!info_.memory_budget) return std::nullopt;
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{};
  budget.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT;
  VkPhysicalDeviceMemoryProperties2 memory{};
  memory.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2;
  memory.pNext = &budget;
  instance_.vk().vkGetPhysicalDeviceMemoryProperties2(physical_device_, &memory);
  const std::uint32_t heap = memory_properties_.memoryTypes[memory_type(kind)].heapIndex;
  if (budget.heapBudget[heap] == 0) return std::nullopt;  // some drivers do not know
  return budget.heapBudget[heap] - std::min(budget.heapBudget[heap], budget.heapUsage[heap]);
}

std::unique_ptr<HostMapping> Device::map(VkDeviceMemory memory, std::uint64_t bytes,
                                         MemoryKind kind) const {
  const VkMemoryPropertyFlags flags =
      memory_properties_.memoryTypes[memory_type(kind)].propertyFlags;
  const bool is_coherent = (flags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) != 0;
  const HostMapping::Use use{.writes = kind != MemoryKind::kReadback,
                             .reads = kind != MemoryKind::kUpload};
  return std::make_unique<HostMapping>(vk_, memory, bytes, use, is_coherent ? nullptr : &mappings_,
                                       info_.guaranteed_only);
}

Submission Device::submit(std::span<const Recording* const> recordings,
                          const Semaphores& semaphores) {
  mappings_.flush();
  std::vector<VkCommandBuffer> buffers;
  buffers.reserve(recordings.size());
  for (const Recording* recording : recordings) buffers.push_back(recording->handle());
  Fence fence = fences_.take(vk_);
  VkSubmitInfo submit_info{};
  submit_info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  submit_info.commandBufferCount = static_cast<std::uint32_t>(buffers.size());
  submit_info.pCommandBuffers = buffers.data();
  constexpr VkPipelineStageFlags kWaiting =
      VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
  submit_info.waitSemaphoreCount = semaphores.wait != VK_NULL_HANDLE ? 1 : 0;
  submit_info.pWaitSemaphores = &semaphores.wait;
  submit_info.pWaitDstStageMask = &kWaiting;
  submit_info.signalSemaphoreCount = semaphores.signal != VK_NULL_HANDLE ? 1 : 0;
  submit_info.pSignalSemaphores = &semaphores.signal;
  const std::lock_guard lock(*queue_mutex_);
  submitted_ = true;
  GFNET_VK(vk_.vkQueueSubmit(queue_, 1, &submit_info, fence.get()));
  return {std::move(fence), fences_, mappings_};
}

Submission Device::submit(const Recording& recording) {
  const Recording* const one[] = {&recording};
  return submit(one);
}

void Device::forget_memory_peaks() {
  memory_.forget_peak();
  host_memory_.forget_peak();
}

}  // namespace gfnet::vulkan
