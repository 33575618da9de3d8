#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>

#include "vulkan/device_info.h"
#include "vulkan/instance.h"
#include "vulkan/memory_use.h"
#include "vulkan/submission.h"

namespace gfnet::vulkan {

class Recording;

/// What a block of memory is for.
enum class MemoryKind {
  kDeviceLocal,  ///< fastest for the device; not mapped
  kUpload,       ///< written by the host, read by the device; mapped, coherent
  kReadback,     ///< written by the device, read by the host; mapped, coherent, cached if possible
};

/// One logical device with one compute queue.
/// Outlives everything made from it; keeps a reference to its Instance. Not movable.
/// submit() may be called from any thread; so may the making of objects.
class Device {
 public:
  /// Enables what of fp16, int8, matrix units, subgroup sizes and pipeline statistics the device
  /// offers, and the extensions named besides. Throws VulkanError, UnsupportedError if one of these
  /// is missing.
  Device(const Instance& instance, const DeviceInfo& info)
      : Device(instance, info, std::span<const std::string>()) {}
  Device(const Instance& instance, const DeviceInfo& info,
         std::span<const std::string> more_extensions);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  const DeviceInfo& info() const { return info_; }
  const Instance& instance() const { return instance_; }

  /// Offsets of Buffers in a Memory are multiples of this (a power of two), and a Buffer occupies
  /// its size rounded up to it.
  std::uint64_t buffer_alignment() const { return buffer_alignment_; }

  /// Submits recordings in order, as one batch, and returns without waiting. Work submitted later
  /// on this device sees what they wrote. For a recording that is not done yet see Replay.
  [[nodiscard]] Submission submit(std::span<const Recording* const> recordings);
  [[nodiscard]] Submission submit(const Recording& recording);
  void wait_idle();

  VkDevice handle() const { return device_; }
  VkPhysicalDevice physical_device() const { return physical_device_; }
  VkQueue queue() const { return queue_; }
  /// Held around every use of the queue; for code that hands the queue to a library (VkFFT).
  std::mutex& queue_mutex() { return queue_mutex_; }
  /// What of the device's own memory is taken: every Memory that is kDeviceLocal, and what VkFFT
  /// allocates.
  MemoryUse memory() const { return memory_.use(); }
  /// The same for memory that the host writes or reads, kUpload and kReadback.
  MemoryUse host_memory() const { return host_memory_.use(); }
  /// Both peaks are counted anew from now on.
  void forget_memory_peaks();
  /// Who allocates counts here (see CountedBytes).
  MemoryCounter& memory_counter(MemoryKind kind) const {
    return kind == MemoryKind::kDeviceLocal ? memory_ : host_memory_;
  }

  /// Memory type for a kind, among those every storage buffer may live in.
  std::uint32_t memory_type(MemoryKind kind) const;

 private:
  void find_buffer_requirements();

  const Instance& instance_;
  DeviceInfo info_;
  VkPhysicalDevice physical_device_ = VK_NULL_HANDLE;
  VkDevice device_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  std::mutex queue_mutex_;
  FencePool fences_;
  bool submitted_ = false;
  VkPhysicalDeviceMemoryProperties memory_properties_{};
  mutable MemoryCounter memory_;
  mutable MemoryCounter host_memory_;
  std::uint64_t buffer_alignment_ = 1;
  std::uint32_t buffer_memory_types_ = 0;
};

}  // namespace gfnet::vulkan
