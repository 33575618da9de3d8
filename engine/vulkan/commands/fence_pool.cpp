#include "vulkan/commands/fence_pool.h"

namespace gfnet::vulkan {

Handle<VkFence, DestroyFence> FencePool::take(const DeviceFunctions& vk) {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Handle<VkFence, DestroyFence> owner = std::move(idle_.back());
      idle_.pop_back();
      const VkFence fence = owner.get();
      GFNET_VK(vk.vkResetFences(vk.device, 1, &fence));
      return owner;
    }
  }
  VkFenceCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  VkFence fence = VK_NULL_HANDLE;
  GFNET_VK(vk.vkCreateFence(vk.device, &create, nullptr, &fence));
  return {vk, fence};
}

void FencePool::give_back(Handle<VkFence, DestroyFence> fence) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(fence));
}

}  // namespace gfnet::vulkan
