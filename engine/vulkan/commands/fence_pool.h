#pragma once

#include <mutex>
#include <vector>

#include "vulkan/handle.h"

namespace gfnet::vulkan {

/// Keeps fences for reuse. Thread-safe.
class FencePool {
 public:
  /// Returns an unsignalled fence. Throws VulkanError.
  Handle<VkFence, DestroyFence> take(const DeviceFunctions& vk);
  /// Takes back a signalled fence that nobody waits for any more.
  void give_back(Handle<VkFence, DestroyFence> fence);

 private:
  std::mutex mutex_;
  std::vector<Handle<VkFence, DestroyFence>> idle_;
};

}  // namespace gfnet::vulkan
