#pragma once

#include <optional>

#include "gfnet/interop.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/memory/memory.h"

namespace gfnet::api {

/// Where the pixels of a frame are, and how they are laid out. See DeviceFrame and FrameBuffer.
struct FrameState {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  PixelFormat format = PixelFormat::kRgba;
  /// Unique among all frames of the process, destroyed ones included.
  std::uint64_t identity = 0;
  /// Empty if the buffer belongs to the program.
  std::optional<vulkan::Memory> memory;
  vulkan::Buffer buffer;
  /// Where the first pixel is in `buffer`, and distance from row to row, in bytes.
  std::uint64_t first_byte = 0;
  std::uint64_t row_stride = 0;
};

}  // namespace gfnet::api
