#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "vulkan/functions.h"

namespace gfnet::vulkan {

class HostMapping;

/// The mappings of a device whose memory is not coherent: such memory must be flushed after the
/// host wrote it, and invalidated before the host reads it. Device::submit() and Submission::wait()
/// do that for all of the device's mappings. Thread-safe.
class HostMappings {
 public:
  /// Makes what the host wrote visible to work that is submitted afterwards. Throws VulkanError.
  void flush();
  /// Makes what finished work wrote visible to the host. Throws VulkanError.
  void invalidate();

 private:
  friend class HostMapping;
  std::mutex mutex_;
  std::vector<HostMapping*> mappings_;
};

/// A block of device memory in the host's address space, for the life of the object. Not movable.
class HostMapping {
 public:
  /// What the host does with the block. A block that it writes is flushed, a block that it reads is
  /// invalidated.
  struct Use {
    bool writes;
    bool reads;
  };

  /// Maps the whole block. mappings: where the block is listed to be flushed or invalidated; null
  /// if the memory is coherent. separate: the host gets a copy of the block, as if it were a cache
  /// of the host. Only flush() writes to the block what the host changed in the copy, and only
  /// invalidate() reads from the block. So a missing call shows even on a device whose memory is
  /// coherent. The memory and the mappings must outlive the object. Throws VulkanError.
  HostMapping(const DeviceFunctions& vk, VkDeviceMemory memory, std::uint64_t bytes, Use use,
              HostMappings* mappings, bool separate);
  ~HostMapping();
  HostMapping(const HostMapping&) = delete;
  HostMapping& operator=(const HostMapping&) = delete;

  /// The block's bytes, as the host reads and writes them.
  std::span<std::byte> bytes() const { return host_; }

 private:
  friend class HostMappings;
  void flush();
  void invalidate();
  /// Writes to the block the bytes that the host changed in its copy. The other bytes may be those
  /// that submitted work is writing.
  void write_changes();
  VkMappedMemoryRange range() const;

  const DeviceFunctions& vk_;
  VkDeviceMemory memory_;
  Use use_;
  HostMappings* mappings_;
  std::span<std::byte> mapped_;
  /// The host's copy of the block; empty unless it is separate.
  std::vector<std::byte> copy_;
  /// The copy as it was after the last flush() or invalidate(), if the host writes and reads the
  /// block. Empty before the first one, and if the host only writes the block: then no work that
  /// runs writes it, and the whole copy may be written.
  std::vector<std::byte> unchanged_;
  std::span<std::byte> host_;
};

}  // namespace gfnet::vulkan
