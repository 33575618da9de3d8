#include "vulkan/memory/buffer.h"

#include <fmt/format.h>

#include "gfnet/error.h"

namespace gfnet::vulkan {
namespace {

/// Throws Error if the range [offset, offset + bytes) is empty or does not lie in a container of
/// `limit` bytes. Returns the range as text, for messages.
std::string check_range(std::uint64_t offset, std::uint64_t bytes, std::uint64_t limit,
                        const char* container) {
  const std::string range = fmt::format("buffer [{}, {})", offset, offset + bytes);
  if (bytes == 0) throw Error(range + " is empty");
  if (offset > limit || bytes > limit - offset) {
    throw Error(fmt::format("{} exceeds its {} of {} bytes", range, container, limit));
  }
  return range;
}

void check_size(const Device& device, std::uint64_t bytes) {
  if (bytes <= device.info().max_storage_buffer_range) return;
  throw UnsupportedError(fmt::format("a storage buffer of {} bytes (limit: {})", bytes,
                                     device.info().max_storage_buffer_range),
                         device.info().name);
}

}  // namespace

Buffer::Buffer(const Device& device, const Memory& memory, std::uint64_t offset,
               std::uint64_t bytes)
    : memory_(memory.handle()), memory_bytes_(memory.bytes()), offset_(offset), bytes_(bytes) {
  const std::string range = check_range(offset, bytes, memory.bytes(), "memory");
  if (!memory.mapped().empty()) {
    mapped_ =
        memory.mapped().subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(bytes));
  }
  bind(device, range);
}

Buffer::Buffer(const Device& device, const Buffer& whole, std::uint64_t offset, std::uint64_t bytes)
    : memory_(whole.memory_),
      memory_bytes_(whole.memory_bytes_),
      offset_(whole.offset_ + offset),
      bytes_(bytes) {
  const std::string range = check_range(offset, bytes, whole.bytes_, "buffer");
  if (!whole.mapped_.empty()) {
    mapped_ =
        whole.mapped_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(bytes));
  }
  bind(device, range);
}

Buffer Buffer::borrowed(const Device& device, VkBuffer buffer, std::uint64_t offset,
                        std::uint64_t bytes) {
  Buffer range;
  range.handle_ = buffer;
  range.handle_offset_ = offset;
  range.offset_ = offset;
  range.bytes_ = bytes;
  check_size(device, bytes);
  return range;
}

void Buffer::bind(const Device& device, const std::string& range) {
  if (offset_ % device.buffer_alignment() != 0) {
    throw Error(
        fmt::format("{} does not start at a multiple of {}", range, device.buffer_alignment()));
  }
  check_size(device, bytes_);
  VkBufferCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  create.size = bytes_;
  create.usage = kUsage;
  VkBuffer buffer = VK_NULL_HANDLE;
  const DeviceFunctions& vk = device.vk();
  GFNET_VK(vk.vkCreateBuffer(device.handle(), &create, nullptr, &buffer));
  owner_ = {vk, buffer};
  handle_ = buffer;
  VkMemoryRequirements requirements{};
  vk.vkGetBufferMemoryRequirements(device.handle(), buffer, &requirements);
  if (requirements.size > memory_bytes_ - offset_) {
    throw Error(fmt::format("{} needs {} bytes of its memory of {}", range, requirements.size,
                            memory_bytes_));
  }
  GFNET_VK(vk.vkBindBufferMemory(device.handle(), buffer, memory_, offset_));
}

}  // namespace gfnet::vulkan
