#pragma once

#include "vulkan/commands/fence_pool.h"
#include "vulkan/memory/host_mapping.h"

namespace gfnet::vulkan {

/// Work submitted to the device. Everything that the work uses must live until the work is done.
/// The destructor waits for the work, unless the device hangs. Move-only.
class Submission {
 public:
  Submission() = default;
  /// fence: a fence from `pool` that the device signals when the work is done. wait() gives the
  /// fence back to `pool` and invalidates `mappings`. Both must outlive this object.
  Submission(Fence fence, FencePool& pool, HostMappings& mappings)
      : fence_(std::move(fence)), pool_(&pool), mappings_(&mappings) {}
  Submission(Submission&&) = default;
  Submission& operator=(Submission&& other) noexcept;
  ~Submission();

  /// Blocks until the work is done. Then the host sees what the work wrote. Throws VulkanError, for
  /// example if the device was lost or hangs (FencePool::wait).
  void wait();
  /// Whether the work is done; true for an empty submission. Throws VulkanError.
  bool done() const;

 private:
  void wait_quietly() noexcept;

  Fence fence_;
  FencePool* pool_ = nullptr;
  HostMappings* mappings_ = nullptr;
};

}  // namespace gfnet::vulkan
