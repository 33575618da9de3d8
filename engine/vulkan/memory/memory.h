#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "vulkan/device.h"
#include "vulkan/handle.h"

namespace gfnet::vulkan {

/// One block of device memory. A block of kind kUpload or kReadback is mapped for its whole life.
/// Move-only. A Memory must outlive the Buffers bound to it. The block's size is counted in
/// Device::memory() or Device::host_memory().
class Memory {
 public:
  /// bytes: > 0; rounded up to the device's buffer alignment. Throws Error for 0 bytes,
  /// UnsupportedError beyond most_bytes(), VulkanError if memory runs out or the system's budget
  /// (Device::free_bytes) does not leave that much.
  Memory(const Device& device, std::uint64_t bytes, MemoryKind kind);

  /// The largest size of a block: the device's largest allocation, rounded down to its buffer
  /// alignment. There may be less memory.
  static std::uint64_t most_bytes(const Device& device);

  std::uint64_t bytes() const { return bytes_; }
  MemoryKind kind() const { return kind_; }
  /// The block in the host's address space; empty for kDeviceLocal. Work sees what the host wrote
  /// before Device::submit(). After Submission::wait(), the host sees what the submitted work
  /// wrote.
  std::span<std::byte> mapped() const {
    return mapping_ ? mapping_->bytes() : std::span<std::byte>();
  }

  VkDeviceMemory handle() const { return memory_.get(); }

 private:
  Handle<VkDeviceMemory, FreeMemory> memory_;
  CountedBytes counted_;
  std::uint64_t bytes_ = 0;
  MemoryKind kind_ = MemoryKind::kDeviceLocal;
  std::unique_ptr<HostMapping> mapping_;
};

}  // namespace gfnet::vulkan
