#include "vulkan/commands/submission.h"

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
  pool_->wait(fence_.vk(), fence_.get());
  mappings_->invalidate();
  pool_->give_back(std::move(fence_));  // last: after a failure, the next call does all of it again
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
  if (fence_) pool_->wait_quietly(fence_.vk(), fence_.get());
}

}  // namespace gfnet::vulkan
