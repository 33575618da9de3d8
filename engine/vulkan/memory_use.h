#pragma once

#include <cstdint>
#include <mutex>

namespace gfnet::vulkan {

/// What has been allocated of one sort of memory.
struct MemoryUse {
  /// Allocated and not freed.
  std::uint64_t live_bytes = 0;
  /// The most that was live at any one time.
  std::uint64_t peak_bytes = 0;
  /// How many allocations were made, freed ones included.
  std::uint64_t allocations = 0;
};

/// Keeps a MemoryUse. Thread-safe.
class MemoryCounter {
 public:
  MemoryUse use() const;
  /// The peak is counted anew from what is live.
  void forget_peak();

 private:
  friend class CountedBytes;
  void add(std::uint64_t bytes);
  void remove(std::uint64_t bytes) noexcept;

  mutable std::mutex mutex_;
  MemoryUse use_;
};

/// An allocation of so many bytes, counted as live for as long as this lives. Move-only; must not
/// outlive its counter.
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
