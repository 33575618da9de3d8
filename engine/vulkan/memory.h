#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "vulkan/device.h"
#include "vulkan/handle.h"

namespace gfnet::vulkan {

/// One block of device memory, mapped for its whole life if its kind is. Move-only.
/// Outlives the Buffers bound to it. Counted in Device::memory() or host_memory().
class Memory {
 public:
  /// bytes > 0; rounded up to the device's buffer alignment. Throws UnsupportedError if more than
  /// the device's largest allocation is asked for, VulkanError if there is not enough memory.
  Memory(const Device& device, std::uint64_t bytes, MemoryKind kind);

  std::uint64_t bytes() const { return bytes_; }
  MemoryKind kind() const { return kind_; }
  /// The block as the host sees it; empty for kDeviceLocal. Coherent: no flush is needed. After a
  /// Submission that wrote it is waited for, the host reads the new bytes.
  std::span<std::byte> mapped() const { return mapped_; }

  VkDeviceMemory handle() const { return memory_.get(); }

 private:
  Handle<VkDeviceMemory, FreeMemory> memory_;
  CountedBytes counted_;
  std::uint64_t bytes_ = 0;
  MemoryKind kind_ = MemoryKind::kDeviceLocal;
  std::span<std::byte> mapped_;
};

/// A number that tells memory blocks apart; the handle is a pointer or an integer by platform.
inline std::uint64_t memory_identity(VkDeviceMemory memory) {
  std::uint64_t identity = 0;
  static_assert(sizeof(memory) <= sizeof(identity));
  std::memcpy(&identity, &memory, sizeof(memory));
  return identity;
}

}  // namespace gfnet::vulkan
