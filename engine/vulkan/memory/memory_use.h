#pragma once

#include <cstdint>
#include <mutex>

namespace gfnet::vulkan {

/// How much memory of one kind is allocated.
struct MemoryUse {
  /// Bytes allocated and not yet freed.
  std::uint64_t live_bytes = 0;
  /// Largest value of live_bytes since the start or the last MemoryCounter::forget_peak().
  std::uint64_t peak_bytes = 0;
  /// Number of allocations made, including those that were freed.
  std::uint64_t allocations = 0;
};

/// Updates a MemoryUse whenever memory is allocated or freed. Thread-safe.
class MemoryCounter {
 public:
  MemoryUse use() const;
  /// Sets peak_bytes to the present live_bytes.
  void forget_peak();

 private:
  friend class CountedBytes;
  void add(std::uint64_t bytes);
  void remove(std::uint64_t bytes) noexcept;

  mutable std::mutex mutex_;
  MemoryUse use_;
};

/// Counts an allocation of `bytes` bytes as live until this object is destroyed. Move-only; must
/// not outlive `counter`.
class CountedBytes {
 public:
  CountedBytes() = default;
  CountedBytes(MemoryCounter& counter, std::uint64_t bytes);
  CountedBytes(CountedBytes&& other) noexcept;
  CountedBytes& operator=(CountedBytes&& other) noexcept;
  CountedBytes(const CountedBytes&) = delete;
  CountedBytes& operator=(const CountedBytes&) = delete;
  ~CountedBytes();

  std::uint64_t bytes() const { return bytes_; }

 private:
  MemoryCounter* counter_ = nullptr;
  std::uint64_t bytes_ = 0;
};

}  // namespace gfnet::vulkan
