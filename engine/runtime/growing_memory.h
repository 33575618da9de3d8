#pragma once

#include <cstdint>
#include <optional>

#include "vulkan/device.h"
#include "vulkan/memory/memory.h"

namespace gfnet::runtime {

/// A block of device memory that is kept, and replaced by a larger one when more is needed.
class GrowingMemory {
 public:
  /// No memory yet. device must outlive this object.
  GrowingMemory(const vulkan::Device& device, vulkan::MemoryKind kind)
      : device_(device), kind_(kind) {}

  /// Whether reserve() would keep the memory as it is.
  bool holds(std::uint64_t bytes) const {
    return bytes == 0 || (memory_ && memory_->bytes() >= bytes);
  }
  /// Ensures at least `bytes`. New memory may be up to twice as large as the old, so that it is
  /// seldom replaced. If the memory is replaced, its content is lost and recordings that use it are
  /// invalid: no submitted work may still use it. Throws VulkanError if memory runs out, and
  /// UnsupportedError beyond the device's largest allocation; there is no memory then.
  void reserve(std::uint64_t bytes);

  /// The memory. reserve() must have been called with at least 1 byte.
  const vulkan::Memory& memory() const { return memory_.value(); }
  /// Number of times that the memory was replaced. Recordings that use the memory of another
  /// generation are invalid.
  std::uint64_t generation() const { return generation_; }

 private:
  const vulkan::Device& device_;
  vulkan::MemoryKind kind_;
  std::optional<vulkan::Memory> memory_;
  std::uint64_t generation_ = 0;
};

}  // namespace gfnet::runtime
