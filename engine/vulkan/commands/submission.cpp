#include "vulkan/commands/submission.h"

#include <cstdint>

namespace gfnet::vulkan {

Submission& Submission::operator=(Submission&& other) noexcept {
  wait_quietly();
  fence_ = std::move(other.fence_);
  pool_ = other.pool_;
  mappings_ = other.mappings_;
  return *this;
}

Submission::~Submission() { wait_quietly(); }

void Submission::wait() {
  if (!fence_) return;
  const DeviceFunctions& vk = fence_.vk();
  const VkFence fence = fence_.get();
  GFNET_VK(vk.vkWaitForFences(vk.device, 1, &fence, VK_TRUE, UINT64_MAX));
  pool_->give_back(std::move(fence_));
  mappings_->invalidate();
}

bool Submission::done() const {
  if (!fence_) return true;
  const DeviceFunctions& vk = fence_.vk();
  const VkResult result = vk.vkGetFenceStatus(vk.device, fence_.get());
  if (result == VK_NOT_READY) return false;
  check(result, "vkGetFenceStatus(vk.device, fence_.get())");
  return true;
}

void Submission::wait_quietly() noexcept {
  if (!fence_) return;
  const DeviceFunctions& vk = fence_.vk();
  const VkFence fence = fence_.get();
  // The result is ignored: the next call that can throw reports a lost device.
  vk.vkWaitForFences(vk.device, 1, &fence, VK_TRUE, UINT64_MAX);
}

}  // namespace gfnet::vulkan
