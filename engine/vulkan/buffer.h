#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "vulkan/memory.h"

namespace gfnet::vulkan {

/// A range of a Memory that shaders and copies can use. Several may alias one another. Move-only.
/// Does not own its memory, which must outlive it.
class Buffer {
 public:
  /// Every buffer may be all of these.
  static constexpr VkBufferUsageFlags kUsage =
      VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
      VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;

  /// offset: a multiple of device.buffer_alignment(); bytes > 0.
  /// Throws UnsupportedError if bytes exceed the device's storage-buffer range, Error if the range
  /// does not lie in the memory or is not aligned.
  Buffer(const Device& device, const Memory& memory, std::uint64_t offset, std::uint64_t bytes);
  /// The whole of memory's first `bytes` bytes.
  Buffer(const Device& device, const Memory& memory, std::uint64_t bytes)
      : Buffer(device, memory, 0, bytes) {}

  /// Part of another buffer, with a handle of its own; offset is relative to it.
  Buffer(const Device& device, const Buffer& whole, std::uint64_t offset, std::uint64_t bytes);

  std::uint64_t bytes() const { return bytes_; }
  /// Where it lies: the memory block and the offset in it.
  VkDeviceMemory memory() const { return memory_; }
  std::uint64_t offset() const { return offset_; }
  /// Whether the host can see what is written here.
  bool host_visible() const { return !mapped_.empty(); }
  /// Its bytes as the host sees them; empty for device-local memory.
  std::span<std::byte> mapped() const { return mapped_; }

  VkBuffer handle() const { return buffer_.get(); }

 private:
  void bind(const Device& device, const std::string& range);

  Handle<VkBuffer, DestroyBuffer> buffer_;
  VkDeviceMemory memory_ = VK_NULL_HANDLE;
  std::uint64_t memory_bytes_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t bytes_ = 0;
  std::span<std::byte> mapped_;
};

}  // namespace gfnet::vulkan
