#pragma once

#include "gfnet/interop.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/memory/memory.h"

namespace gfnet {

/// The pixels of a frame in device memory: [height, width], one 32-bit word per pixel. See
/// DeviceFrame.
struct DeviceFrame::State {
  State(vulkan::Device& device, std::uint32_t w, std::uint32_t h);

  std::uint32_t width;
  std::uint32_t height;
  /// Unique among all frames of the process, destroyed ones included.
  std::uint64_t identity;
  vulkan::Memory memory;
  vulkan::Buffer buffer;
};

}  // namespace gfnet
