#include "vulkan/memory/memory.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "gfnet/error.h"

namespace gfnet::vulkan {

std::uint64_t Memory::most_bytes(const Device& device) {
  return device.info().max_memory_allocation / device.buffer_alignment() *
         device.buffer_alignment();
}

Memory::Memory(const Device& device, std::uint64_t bytes, MemoryKind kind) : kind_(kind) {
  if (bytes == 0) throw Error("a memory block of 0 bytes");
  const std::uint64_t limit = most_bytes(device);
  if (bytes > limit) {
    throw UnsupportedError(fmt::format("a memory block of {} bytes (limit: {})", bytes, limit),
                           device.info().name);
  }
  bytes_ = device.aligned(bytes);
  if (const std::optional<std::uint64_t> free = device.free_bytes(kind); free && bytes_ > *free) {
    throw VulkanError(
        fmt::format("allocating {} bytes", bytes_), VK_ERROR_OUT_OF_DEVICE_MEMORY,
        fmt::format("VK_ERROR_OUT_OF_DEVICE_MEMORY, the system's budget leaves {} bytes", *free));
  }

  VkMemoryAllocateInfo allocate{};
  allocate.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
  allocate.allocationSize = bytes_;
  allocate.memoryTypeIndex = device.memory_type(kind);
  VkDeviceMemory memory = VK_NULL_HANDLE;
  check(device.vk().vkAllocateMemory(device.handle(), &allocate, nullptr, &memory),
        fmt::format("vkAllocateMemory of {} bytes", bytes_).c_str());
  memory_ = {device.vk(), memory};
  counted_ = {device.memory_counter(kind), bytes_};
  if (kind == MemoryKind::kDeviceLocal) return;
  mapping_ = device.map(memory, bytes_, kind);
}

}  // namespace gfnet::vulkan
