#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "vulkan/memory/memory.h"

namespace gfnet::vulkan {

/// A range of a Memory (one block of device memory). Shaders and copies can use the range. Buffers
/// may overlap (alias) one another. Move-only. A Buffer does not own its memory; the memory must
/// outlive the Buffer.
class Buffer {
 public:
  /// Vulkan usage flags of every buffer.
  static constexpr VkBufferUsageFlags kUsage =
      VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT |
      VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
      VK_BUFFER_USAGE_TRANSFER_DST_BIT;

  /// offset: a multiple of device.buffer_alignment(), in bytes. bytes: > 0.
  /// Throws UnsupportedError if bytes exceed the device's storage-buffer range, Error if the range
  /// does not lie in the memory or is not aligned, VulkanError.
  Buffer(const Device& device, const Memory& memory, std::uint64_t offset, std::uint64_t bytes);
  /// Makes a buffer of the first `bytes` bytes of `memory`.
  Buffer(const Device& device, const Memory& memory, std::uint64_t bytes)
      : Buffer(device, memory, 0, bytes) {}

  /// A part of the buffer `whole`, with its own handle. offset is relative to the start of `whole`.
  Buffer(const Device& device, const Buffer& whole, std::uint64_t offset, std::uint64_t bytes);

  /// Makes a Buffer for a range of a VkBuffer that somebody else made and will destroy. Shaders use
  /// the range as a storage buffer. offset: a multiple of the device's
  /// min_storage_offset_alignment, in bytes. bytes: > 0. Throws UnsupportedError if bytes exceed
  /// the device's storage-buffer range.
  static Buffer borrowed(const Device& device, VkBuffer buffer, std::uint64_t offset,
                         std::uint64_t bytes);

  std::uint64_t bytes() const { return bytes_; }
  /// The memory block that holds the buffer, and the buffer's offset in that block in bytes. If the
  /// buffer is borrowed, its memory block is not known: memory() is VK_NULL_HANDLE, and offset()
  /// counts from the start of the VkBuffer.
  VkDeviceMemory memory() const { return memory_; }
  std::uint64_t offset() const { return offset_; }
  /// Where the range starts in the VkBuffer of handle(), in bytes; 0 unless the buffer is borrowed.
  std::uint64_t handle_offset() const { return handle_offset_; }
  /// Whether the buffer is mapped into the host's address space.
  bool host_visible() const { return !mapped_.empty(); }
  /// The buffer in the host's address space; empty for device-local memory.
  std::span<std::byte> mapped() const { return mapped_; }

  VkBuffer handle() const { return handle_; }

 private:
  Buffer() = default;
  void bind(const Device& device, const std::string& range);

  /// Empty if the buffer is borrowed.
  Handle<VkBuffer, DestroyBuffer> owner_;
  VkBuffer handle_ = VK_NULL_HANDLE;
  std::uint64_t handle_offset_ = 0;
  VkDeviceMemory memory_ = VK_NULL_HANDLE;
  std::uint64_t memory_bytes_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t bytes_ = 0;
  std::span<std::byte> mapped_;
};

}  // namespace gfnet::vulkan
