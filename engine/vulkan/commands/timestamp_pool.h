#pragma once

#include <cstdint>
#include <vector>

#include "vulkan/device.h"
#include "vulkan/handle.h"

namespace gfnet::vulkan {

/// Device timestamps of one recording. Move-only.
class TimestampPool {
 public:
  /// capacity: largest number of timestamps. Throws UnsupportedError if the device's queue has no
  /// timestamps, VulkanError.
  TimestampPool(const Device& device, std::uint32_t capacity);

  std::uint32_t capacity() const { return capacity_; }
  /// Number of timestamps recorded with CommandRecorder::timestamp().
  std::uint32_t size() const { return size_; }

  /// Times in nanoseconds since the first timestamp, in recording order. A wrap-around of the
  /// device's counter is handled. Call read() after the recording's submission is done. Throws
  /// VulkanError.
  std::vector<double> read() const;

  VkQueryPool handle() const { return pool_.get(); }

 private:
  friend class CommandRecorder;

  Handle<VkQueryPool, DestroyQueryPool> pool_;
  std::uint32_t capacity_ = 0;
  std::uint32_t size_ = 0;
  std::uint32_t bits_ = 0;
  double period_ = 0.0;
};

}  // namespace gfnet::vulkan
