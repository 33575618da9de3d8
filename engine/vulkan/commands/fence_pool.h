#pragma once

#include <chrono>
#include <mutex>
#include <vector>

#include "vulkan/handle.h"

namespace gfnet::vulkan {

using Fence = Handle<VkFence, DestroyFence>;

/// Keeps a device's fences for reuse, and waits for them. Thread-safe.
class FencePool {
 public:
  /// patience: how long wait() waits for a fence before the device counts as hung.
  explicit FencePool(std::chrono::seconds patience) : patience_(patience) {}

  /// Returns an unsignalled fence. Throws VulkanError.
  Fence take(const DeviceFunctions& vk);
  /// Takes back a signalled fence that nobody waits for any more.
  void give_back(Fence fence);

  /// Waits until the device has signalled the fence. Throws VulkanError. If the fence is not
  /// signalled in time, the device hangs from then on: every wait throws VulkanError with the
  /// result VK_TIMEOUT at once.
  void wait(const DeviceFunctions& vk, VkFence fence);
  /// Waits as wait() does, but ignores errors: the next call that can throw reports them.
  void wait_quietly(const DeviceFunctions& vk, VkFence fence) noexcept;

 private:
  VkResult result_of_wait(const DeviceFunctions& vk, VkFence fence) noexcept;

  std::chrono::seconds patience_;
  std::mutex mutex_;
  std::vector<Fence> idle_;
};

}  // namespace gfnet::vulkan
