#pragma once

#include <cstdint>
#include <vector>

#include "vulkan/handle.h"

namespace gfnet::vulkan {

/// A finished command buffer with its descriptor sets. It can be submitted any number of times.
/// Only a recording made with Replay::kAnyTime may be submitted again before it is done. Move-only.
/// The pipelines, buffers, Ffts and timestamp pools it was recorded with must outlive it.
class Recording {
 public:
  struct Counts {
    std::uint32_t dispatches = 0;
    std::uint32_t copies = 0;
    std::uint32_t ffts = 0;
    /// Barriers between commands. The barrier at the start, and the one at the end that makes
    /// results visible to the host, are not counted.
    std::uint32_t barriers = 0;
  };

  VkCommandBuffer handle() const { return commands_; }
  const Counts& counts() const { return counts_; }

 private:
  friend class CommandRecorder;
  Recording() = default;

  // Destroyed in reverse order: the command pool, with its command buffer, goes first.
  std::vector<Handle<VkBufferView, DestroyBufferView>> buffer_views_;
  std::vector<Handle<VkDescriptorPool, DestroyDescriptorPool>> descriptor_pools_;
  Handle<VkCommandPool, DestroyCommandPool> command_pool_;
  VkCommandBuffer commands_ = VK_NULL_HANDLE;
  Counts counts_;
};

}  // namespace gfnet::vulkan
