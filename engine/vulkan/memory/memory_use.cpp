#include "vulkan/memory/memory_use.h"

#include <algorithm>
#include <utility>

namespace gfnet::vulkan {

MemoryUse MemoryCounter::use() const {
  const std::lock_guard lock(mutex_);
  return use_;
}

void MemoryCounter::forget_peak() {
  const std::lock_guard lock(mutex_);
  use_.peak_bytes = use_.live_bytes;
}

void MemoryCounter::add(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  use_.live_bytes += bytes;
  use_.peak_bytes = std::max(use_.peak_bytes, use_.live_bytes);
  ++use_.allocations;
}

void MemoryCounter::remove(std::uint64_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  use_.live_bytes -= bytes;
}

CountedBytes::CountedBytes(MemoryCounter& counter, std::uint64_t bytes)
    : counter_(&counter), bytes_(bytes) {
  counter.add(bytes);
}

CountedBytes::CountedBytes(CountedBytes&& other) noexcept
    : counter_(std::exchange(other.counter_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

CountedBytes& CountedBytes::operator=(CountedBytes&& other) noexcept {
  std::swap(counter_, other.counter_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

CountedBytes::~CountedBytes() {
  if (counter_ != nullptr) counter_->remove(bytes_);
}

}  // namespace gfnet::vulkan
