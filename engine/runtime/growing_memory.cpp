#include "runtime/growing_memory.h"

#include <algorithm>

#include "gfnet/error.h"

namespace gfnet::runtime {
namespace {

/// reserve() may make the memory larger than needed, but then grows it by at most this number of
/// bytes.
constexpr std::uint64_t kMostSpareBytes = 64u << 20;

}  // namespace

void GrowingMemory::reserve(std::uint64_t bytes) {
  if (holds(bytes)) return;
  const std::uint64_t old = memory_ ? memory_->bytes() : 0;
  const std::uint64_t ample =
      std::min(old + std::min(old, kMostSpareBytes), vulkan::Memory::most_bytes(device_));
  memory_.reset();  // first, so that old and new do not exist at the same time
  ++generation_;
  if (ample > bytes) {
    try {
      memory_.emplace(device_, ample, kind_);
      return;
    } catch (const VulkanError&) {
      // There may be enough memory for what is needed.
    }
  }
  memory_.emplace(device_, bytes, kind_);
}

}  // namespace gfnet::runtime
