#pragma once

#include "vulkan/fence_pool.h"

namespace gfnet::vulkan {

/// Work handed to the device. What it uses must live until it is done; the destructor waits.
class Submission {
 public:
  Submission() = default;
  /// fence: from the pool, which must outlive this.
  Submission(Handle<VkFence, DestroyFence> fence, FencePool& pool)
      : fence_(std::move(fence)), pool_(&pool) {}
  Submission(Submission&&) = default;
  Submission& operator=(Submission&& other) noexcept;
  ~Submission();

  /// Blocks until the work is done. Throws VulkanError, for instance when the device was lost.
  void wait();
  /// Whether the work is done; true for an empty submission.
  bool done() const;

 private:
  void wait_quietly() noexcept;

  Handle<VkFence, DestroyFence> fence_;
  FencePool* pool_ = nullptr;
};

}  // namespace gfnet::vulkan
