#include "support/program_device.h"

#include <doctest/doctest.h>

#include "support/context_fixture.h"

namespace gfnet::test {

ProgramDevice::ProgramDevice(const Options& options)
    : instance_({.validation = wants_validation(), .extensions = {}, .graphics = false}),
      info_(vulkan::select_device(instance_.devices(), wanted_device())),
      options_(options) {
  const float priority = 1;
  VkDeviceQueueCreateInfo queue{};
  queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
  queue.queueFamilyIndex = info_.compute_queue_family;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  VkPhysicalDevice16BitStorageFeatures storage16{};
  storage16.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES;
  storage16.storageBuffer16BitAccess = VK_TRUE;
  VkDeviceCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  create.pNext = options.storage_buffer_16bit_access ? &storage16 : nullptr;
  create.queueCreateInfoCount = 1;
  create.pQueueCreateInfos = &queue;
  GFNET_VK(
      instance_.vk().vkCreateDevice(instance_.physical_device(info_), &create, nullptr, &device_));
  vk_.emplace(instance_.vk(), device_);
  vk_->vkGetDeviceQueue(device_, info_.compute_queue_family, 0, &queue_);
  VkCommandPoolCreateInfo pool{};
  pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool.queueFamilyIndex = info_.compute_queue_family;
  GFNET_VK(vk_->vkCreateCommandPool(device_, &pool, nullptr, &pool_));
}

ProgramDevice::~ProgramDevice() {
  wait_idle();
  for (const VkSemaphore semaphore : semaphores_) {
    load<PFN_vkDestroySemaphore>("vkDestroySemaphore")(device_, semaphore, nullptr);
  }
  vk_->vkDestroyCommandPool(device_, pool_, nullptr);
  const std::vector<std::string> messages = instance_.validation_messages();
  vk_->vkDestroyDevice(device_, nullptr);
  for (const std::string& message : leaks_ ? messages : instance_.validation_messages()) {
    FAIL_CHECK(message);
  }
}

AdoptedDevice ProgramDevice::adopted() {
  AdoptedDevice adopted;
  adopted.instance = instance_.handle();
  adopted.api_version = VK_API_VERSION_1_1;
  adopted.physical_device = instance_.physical_device(info_);
  adopted.device = device_;
  adopted.queue = queue_;
  adopted.queue_family = info_.compute_queue_family;
  adopted.queue_mutex = &queue_mutex_;
  adopted.storage_buffer_16bit_access = options_.storage_buffer_16bit_access;
  return adopted;
}

VkSemaphore ProgramDevice::make_semaphore() {
  VkSemaphoreCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO;
  VkSemaphore semaphore = VK_NULL_HANDLE;
  GFNET_VK(load<PFN_vkCreateSemaphore>("vkCreateSemaphore")(device_, &create, nullptr, &semaphore));
  semaphores_.push_back(semaphore);
  return semaphore;
}

void ProgramDevice::submit_copy(VkBuffer from, VkBuffer to, std::uint64_t bytes, VkSemaphore wait,
                                VkSemaphore signal) {
  VkCommandBufferAllocateInfo allocate{};
  allocate.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  allocate.commandPool = pool_;
  allocate.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  allocate.commandBufferCount = 1;
  VkCommandBuffer commands = VK_NULL_HANDLE;
  GFNET_VK(vk_->vkAllocateCommandBuffers(device_, &allocate, &commands));
  VkCommandBufferBeginInfo begin{};
  begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  GFNET_VK(vk_->vkBeginCommandBuffer(commands, &begin));
  const VkBufferCopy region{0, 0, bytes};
  vk_->vkCmdCopyBuffer(commands, from, to, 1, &region);
  GFNET_VK(vk_->vkEndCommandBuffer(commands));
  const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_TRANSFER_BIT;
  VkSubmitInfo submit{};
  submit.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  submit.waitSemaphoreCount = wait != VK_NULL_HANDLE ? 1 : 0;
  submit.pWaitSemaphores = &wait;
  submit.pWaitDstStageMask = &stage;
  submit.commandBufferCount = 1;
  submit.pCommandBuffers = &commands;
  submit.signalSemaphoreCount = signal != VK_NULL_HANDLE ? 1 : 0;
  submit.pSignalSemaphores = &signal;
  const std::lock_guard lock(queue_mutex_);
  GFNET_VK(vk_->vkQueueSubmit(queue_, 1, &submit, VK_NULL_HANDLE));
}

void ProgramDevice::wait_idle() {
  const std::lock_guard lock(queue_mutex_);
  vk_->vkDeviceWaitIdle(device_);
}

ProgramBuffer::ProgramBuffer(ProgramDevice& device, std::uint64_t bytes) : device_(device) {
  const vulkan::DeviceFunctions& vk = device.vk();
  VkBufferCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  create.size = bytes;
  create.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                 VK_BUFFER_USAGE_TRANSFER_DST_BIT;
  GFNET_VK(vk.vkCreateBuffer(vk.device, &create, nullptr, &buffer_));
  VkMemoryRequirements requirements{};
  vk.vkGetBufferMemoryRequirements(vk.device, buffer_, &requirements);
  VkPhysicalDeviceMemoryProperties properties{};
  device.instance_functions().vkGetPhysicalDeviceMemoryProperties(device.adopted().physical_device,
                                                                  &properties);
  constexpr VkMemoryPropertyFlags kHost =
      VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  VkMemoryAllocateInfo allocate{};
  allocate.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
  allocate.allocationSize = requirements.size;
  while ((requirements.memoryTypeBits & (1u << allocate.memoryTypeIndex)) == 0 ||
         (properties.memoryTypes[allocate.memoryTypeIndex].propertyFlags & kHost) != kHost) {
    ++allocate.memoryTypeIndex;
    REQUIRE(allocate.memoryTypeIndex < properties.memoryTypeCount);
  }
  GFNET_VK(vk.vkAllocateMemory(vk.device, &allocate, nullptr, &memory_));
  GFNET_VK(vk.vkBindBufferMemory(vk.device, buffer_, memory_, 0));
  void* data = nullptr;
  GFNET_VK(vk.vkMapMemory(vk.device, memory_, 0, VK_WHOLE_SIZE, 0, &data));
  mapped_ = {static_cast<std::byte*>(data), static_cast<std::size_t>(bytes)};
}

ProgramBuffer::~ProgramBuffer() {
  device_.vk().vkDestroyBuffer(device_.device(), buffer_, nullptr);
  device_.vk().vkFreeMemory(device_.device(), memory_, nullptr);
}

}  // namespace gfnet::test
