#pragma once

#include <cstdint>

#include "display/graphics.h"

namespace live {

/// An RGBA8 image for shaders to sample, with mip levels for drawing the image at a smaller size.
class Texture {
 public:
  /// Makes an image of width × height pixels, and writes the image to the descriptor set `set`.
  Texture(const Graphics& graphics, VkDescriptorSet set, std::uint32_t width, std::uint32_t height);

  std::uint32_t width() const { return width_; }
  std::uint32_t height() const { return height_; }

  /// Records the copy of [height, width] RGBA8 pixels from the buffer `pixels` to the image. Also
  /// records how the first `smaller` mip levels below the full size (at most most_smaller()) are
  /// made from these pixels. Must not be called inside a render pass. The buffer must already hold
  /// the pixels.
  void record_fill(VkCommandBuffer commands, VkBuffer pixels, std::uint32_t smaller = 0);
  /// Number of mip levels below the full size.
  std::uint32_t most_smaller() const { return levels_ - 1; }

 private:
  void record_smaller(VkCommandBuffer commands, std::uint32_t level);

  std::uint32_t width_;
  std::uint32_t height_;
  std::uint32_t levels_;
  OwnedMemory memory_;
  OwnedImage image_;
  OwnedImageView view_;
};

}  // namespace live
