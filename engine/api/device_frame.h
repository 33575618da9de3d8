#pragma once

#include <optional>

#include "gfnet/interop.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/memory/memory.h"

namespace gfnet::api {

/// A frame in device memory: where its pixels are, and their layout. See DeviceFrame and
/// FrameBuffer.
struct FrameState {
  /// The device that the frame was made for.
  VkDevice device = VK_NULL_HANDLE;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  PixelFormat format = PixelFormat::kRgba;
  /// Unique among all frames of the process, destroyed ones included.
  std::uint64_t identity = 0;
  /// The memory of `buffer` if the frame owns it. Empty if the buffer belongs to the program.
  std::optional<vulkan::Memory> memory;
  vulkan::Buffer buffer;
  /// first_byte: position of the first pixel in `buffer`. row_stride: distance from the start of a
  /// row to the start of the next row. Both in bytes.
  std::uint64_t first_byte = 0;
  std::uint64_t row_stride = 0;
};

/// Throws ArgumentError if the frame was made for another device.
void check_device(const FrameState& frame, const vulkan::Device& device);

}  // namespace gfnet::api
