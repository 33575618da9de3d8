#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "vulkan/buffer.h"
#include "vulkan/command_recorder.h"
#include "vulkan/device.h"
#include "vulkan/memory.h"

namespace gfnet::runtime {

/// Copies bytes of any length to device buffers through host-visible memory of a fixed size.
class StagedUpload {
 public:
  StagedUpload(vulkan::Device& device, std::uint64_t staging_bytes);

  /// bytes are copied, or have been read, when this returns. The target must live until finish(),
  /// and be at least as large.
  void add(std::span<const std::byte> bytes, const vulkan::Buffer& target);
  /// Returns when all is on the device. Without it what was added last may not be.
  void finish();

 private:
  vulkan::Device& device_;
  vulkan::Memory memory_;
  vulkan::Buffer staging_;
  /// Commands for what lies in the staging buffer.
  std::optional<vulkan::CommandRecorder> recorder_;
  std::uint64_t used_ = 0;
};

}  // namespace gfnet::runtime
