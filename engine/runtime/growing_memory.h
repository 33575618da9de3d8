#pragma once

#include <cstdint>
#include <optional>

#include "vulkan/device.h"
#include "vulkan/memory/memory.h"

namespace gfnet::runtime {

/// A block of device memory that is kept for reuse. When more memory is needed, a larger block
/// replaces it.
class GrowingMemory {
 public:
  /// Allocates nothing yet. device must outlive this object.
  GrowingMemory(const vulkan::Device& device, vulkan::MemoryKind kind)
      : device_(device), kind_(kind) {}

  /// Whether reserve() would keep the memory as it is.
  bool holds(std::uint64_t bytes) const {
    return bytes == 0 || (memory_ && memory_->bytes() >= bytes);
  }
  /// Ensures that there are at least `bytes` bytes of memory. If new memory is needed, it may be up
  /// to twice as large as the old memory, so that replacements are rare. When the memory is
  /// replaced, its content is lost and recordings that use it become invalid, so no submitted work
  /// may still use it. Throws VulkanError if memory runs out, and UnsupportedError beyond the
  /// device's largest allocation. After either error there is no memory.
  void reserve(std::uint64_t bytes);

  /// The memory. reserve() must have been called with at least 1 byte.
  const vulkan::Memory& memory() const { return memory_.value(); }
  /// Number of times that the memory was replaced. If the generation has changed, recordings that
  /// use the memory of the earlier generation are invalid.
  std::uint64_t generation() const { return generation_; }

 private:
  const vulkan::Device& device_;
  vulkan::MemoryKind kind_;
  std::optional<vulkan::Memory> memory_;
  std::uint64_t generation_ = 0;
};

}  // namespace gfnet::runtime
