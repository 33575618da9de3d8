#pragma once

#include <mutex>
#include <vector>

#include "vulkan/handle.h"

namespace gfnet::vulkan {

/// Fences to be used again. Thread-safe.
class FencePool {
 public:
  /// One that is not signalled.
  Handle<VkFence, DestroyFence> take(VkDevice device);
  /// Of one that is signalled, and that nothing waits for any more.
  void give_back(Handle<VkFence, DestroyFence> fence);
  void clear();

 private:
  std::mutex mutex_;
  std::vector<Handle<VkFence, DestroyFence>> idle_;
};

}  // namespace gfnet::vulkan
