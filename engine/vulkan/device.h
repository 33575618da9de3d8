#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "vulkan/commands/submission.h"
#include "vulkan/device_info.h"
#include "vulkan/instance.h"
#include "vulkan/memory/host_mapping.h"
#include "vulkan/memory/memory_use.h"

namespace gfnet::vulkan {

class Recording;

/// What a block of memory is used for.
enum class MemoryKind {
  kDeviceLocal,  ///< fastest for the device; not mapped
  kUpload,       ///< written by the host, read by the device; mapped, coherent if possible
  kReadback,     ///< written by the device, read by the host; mapped, cached if possible
  kShared,       ///< written and read by both, by the host only while no work runs; else kReadback
};

/// One logical device with one compute queue.
/// A Device must outlive everything made from it. The Instance must outlive the Device. Not
/// movable.
/// submit() and the creation of objects on the device are thread-safe.
class Device {
 public:
  /// Makes a logical device. Enables each of these features if the device offers it: fp16, int8,
  /// matrix units, subgroup sizes and pipeline statistics. Also enables the extensions
  /// `more_extensions`. Throws UnsupportedError if the device lacks one of `more_extensions`,
  /// ArgumentError if $GFNET_HANG_SECONDS is no number of seconds, VulkanError.
  Device(const Instance& instance, const DeviceInfo& info)
      : Device(instance, info, std::span<const std::string>()) {}
  Device(const Instance& instance, const DeviceInfo& info,
         std::span<const std::string> more_extensions);

  /// A logical device that somebody else made, one of the device's queues, and the mutex for that
  /// queue.
  struct Adopted {
    VkPhysicalDevice physical_device = VK_NULL_HANDLE;
    VkDevice device = VK_NULL_HANDLE;
    VkQueue queue = VK_NULL_HANDLE;
    /// If null, the Device uses a mutex of its own.
    std::mutex* queue_mutex = nullptr;
  };
  /// Uses a logical device that somebody else made and will destroy. info: describes this device;
  /// must name the family of adopted.queue, and only features that were enabled when the device was
  /// made. Throws UnsupportedError if the device lacks a function of Vulkan 1.1, VulkanError.
  Device(const Instance& instance, const DeviceInfo& info, const Adopted& adopted);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  const DeviceInfo& info() const { return info_; }
  /// Whether somebody else made the logical device.
  bool is_adopted() const { return !owner_; }
  const Instance& instance() const { return instance_; }

  /// Alignment of Buffers in a Memory, in bytes; a power of two. The offset of a Buffer must be a
  /// multiple of the alignment. A Buffer occupies its size rounded up to such a multiple.
  std::uint64_t buffer_alignment() const { return buffer_alignment_; }
  /// `bytes`, rounded up to a multiple of buffer_alignment().
  std::uint64_t aligned(std::uint64_t bytes) const {
    return (bytes + buffer_alignment_ - 1) / buffer_alignment_ * buffer_alignment_;
  }

  /// Submits recordings in order, with one queue submission, and returns without waiting. Work
  /// submitted later on this device sees the data that the recordings wrote. While a recording
  /// runs, it may be submitted again only if it was made with Replay::kAnyTime. Throws VulkanError.
  [[nodiscard]] Submission submit(std::span<const Recording* const> recordings) {
    return submit(recordings, Semaphores{});
  }
  /// Binary semaphores of a submission; each may be VK_NULL_HANDLE. The recordings start after
  /// `wait` is signalled. When the recordings are done, the device signals `signal`.
  struct Semaphores {
    VkSemaphore wait = VK_NULL_HANDLE;
    VkSemaphore signal = VK_NULL_HANDLE;
  };
  [[nodiscard]] Submission submit(std::span<const Recording* const> recordings,
                                  const Semaphores& semaphores);
  [[nodiscard]] Submission submit(const Recording& recording);
  /// Whether the device once did not finish work within the time limit: $GFNET_HANG_SECONDS, by
  /// default 60 s on a GPU and 600 s on a software driver. Nobody waits for the device any more.
  /// No Vulkan object of the device is destroyed any more, and neither is the device, because the
  /// unfinished work may still use them.
  bool hangs() const { return *vk_.hangs; }
  /// Waits until the device has signalled a fence. Throws VulkanError: with the result VK_TIMEOUT
  /// if the device hangs.
  void wait(VkFence fence) { fences_.wait(vk_, fence); }
  VkDevice handle() const { return vk_.device; }
  const DeviceFunctions& vk() const { return vk_; }
  VkPhysicalDevice physical_device() const { return physical_device_; }
  VkQueue queue() const { return queue_; }
  /// The mutex that must be locked during every use of the queue. submit() locks the mutex itself.
  /// Code that passes the queue to a library (VkFFT) must lock the mutex.
  std::mutex& queue_mutex() { return *queue_mutex_; }
  /// How much device-local memory is allocated, as Memory of kDeviceLocal or by VkFFT.
  MemoryUse memory() const { return memory_.use(); }
  /// How much host-visible memory is allocated, as Memory of kUpload or kReadback.
  MemoryUse host_memory() const { return host_memory_.use(); }
  /// Sets peak_bytes of memory() and of host_memory() to their present live_bytes.
  void forget_memory_peaks();
  /// The counter for allocations of the given kind. A CountedBytes object, one for each allocation,
  /// updates the counter.
  MemoryCounter& memory_counter(MemoryKind kind) const {
    return kind == MemoryKind::kDeviceLocal ? memory_ : host_memory_;
  }

  /// Bytes that this process may still allocate as memory of the given kind, by the system's budget
  /// (VK_EXT_memory_budget); other programs can take them at any time. nullopt if the device does
  /// not say.
  std::optional<std::uint64_t> free_bytes(MemoryKind kind) const;

  /// Index of the Vulkan memory type to use for the given kind. Buffers of the engine can be bound
  /// to memory of this type. Throws VulkanError if the device has no such type.
  std::uint32_t memory_type(MemoryKind kind) const;
  /// Maps a block of memory that has memory_type(kind). Throws VulkanError.
  std::unique_ptr<HostMapping> map(VkDeviceMemory memory, std::uint64_t bytes,
                                   MemoryKind kind) const;

 private:
  struct DestroyDevice {
    void operator()(VkDevice device) const { destroy(device, nullptr); }
    PFN_vkDestroyDevice destroy;
  };
  using Owner = std::unique_ptr<VkDevice_T, DestroyDevice>;

  static Owner make(const Instance& instance, const DeviceInfo& info,
                    std::span<const std::string> more_extensions);
  void find_buffer_requirements();

  const Instance& instance_;
  DeviceInfo info_;
  VkPhysicalDevice physical_device_ = VK_NULL_HANDLE;
  /// Empty if the device is adopted. Declared before the members that are made from the device, so
  /// that the device is destroyed after those members.
  Owner owner_;
  DeviceFunctions vk_;
  VkQueue queue_ = VK_NULL_HANDLE;
  std::mutex own_queue_mutex_;
  std::mutex* queue_mutex_ = &own_queue_mutex_;
  FencePool fences_;
  /// Those of memory that is not coherent.
  mutable HostMappings mappings_;
  bool submitted_ = false;
  VkPhysicalDeviceMemoryProperties memory_properties_{};
  mutable MemoryCounter memory_;
  mutable MemoryCounter host_memory_;
  std::uint64_t buffer_alignment_ = 1;
  std::uint32_t buffer_memory_types_ = 0;
};

}  // namespace gfnet::vulkan
