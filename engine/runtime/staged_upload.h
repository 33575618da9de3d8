#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "vulkan/commands/command_recorder.h"
#include "vulkan/device.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/memory/memory.h"

namespace gfnet::runtime {

/// Copies data of any size to device buffers, through host-visible memory of a fixed size.
class StagedUpload {
 public:
  /// staging_bytes: size of the host-visible memory. device must outlive this object. Throws
  /// VulkanError.
  StagedUpload(vulkan::Device& device, std::uint64_t staging_bytes);

  /// Copies `bytes` to the start of `target`. `bytes` may be freed when add() returns. `target`
  /// must be at least as large as `bytes`, and must live until finish(). Throws VulkanError.
  void add(std::span<const std::byte> bytes, const vulkan::Buffer& target);
  /// Waits until all data is on the device. Without this call the last data may never be copied.
  void finish();

 private:
  vulkan::Device& device_;
  vulkan::Memory memory_;
  vulkan::Buffer staging_;
  /// Records the copies from the staging buffer that are not submitted yet. Empty if there are no
  /// such copies.
  std::optional<vulkan::CommandRecorder> recorder_;
  std::uint64_t used_ = 0;
};

}  // namespace gfnet::runtime
