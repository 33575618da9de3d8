#include "vulkan/commands/submission.h"

#include <cstdint>

namespace gfnet::vulkan {

Submission& Submission::operator=(Submission&& other) noexcept {
  wait_quietly();
  fence_ = std::move(other.fence_);
  pool_ = other.pool_;
  return *this;
}

Submission::~Submission() { wait_quietly(); }

void Submission::wait() {
  if (!fence_) return;
  const VkFence fence = fence_.get();
  GFNET_VK(vkWaitForFences(fence_.device(), 1, &fence, VK_TRUE, UINT64_MAX));
  pool_->give_back(std::move(fence_));
}

bool Submission::done() const {
  if (!fence_) return true;
  const VkResult result = vkGetFenceStatus(fence_.device(), fence_.get());
  if (result == VK_NOT_READY) return false;
  check(result, "vkGetFenceStatus(fence_.device(), fence_.get())");
  return true;
}

void Submission::wait_quietly() noexcept {
  if (!fence_) return;
  const VkFence fence = fence_.get();
  // The result is ignored: the next call that can throw reports a lost device.
  vkWaitForFences(fence_.device(), 1, &fence, VK_TRUE, UINT64_MAX);
}

}  // namespace gfnet::vulkan
