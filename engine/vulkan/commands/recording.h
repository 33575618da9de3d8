#pragma once

#include <cstdint>
#include <vector>

#include "vulkan/handle.h"

namespace gfnet::vulkan {

/// A finished command buffer with its descriptor sets. A Recording can be submitted any number of
/// times. While a Recording runs, it may be submitted again only if it was made with
/// Replay::kAnyTime. Move-only. The pipelines, buffers, Ffts and timestamp pools that were recorded
/// must outlive the Recording.
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
