#pragma once

#include "vulkan/commands/fence_pool.h"

namespace gfnet::vulkan {

/// Work submitted to the device. Everything that the work uses must live until the work is done.
/// The destructor waits for the work. Move-only.
class Submission {
 public:
  Submission() = default;
  /// fence: a fence from `pool` that the device signals when the work is done. wait() gives the
  /// fence back to `pool`, which must outlive this object.
  Submission(Handle<VkFence, DestroyFence> fence, FencePool& pool)
      : fence_(std::move(fence)), pool_(&pool) {}
  Submission(Submission&&) = default;
  Submission& operator=(Submission&& other) noexcept;
  ~Submission();

  /// Blocks until the work is done. Throws VulkanError, for example if the device was lost.
  void wait();
  /// Whether the work is done; true for an empty submission. Throws VulkanError.
  bool done() const;

 private:
  void wait_quietly() noexcept;

  Handle<VkFence, DestroyFence> fence_;
  FencePool* pool_ = nullptr;
};

}  // namespace gfnet::vulkan
