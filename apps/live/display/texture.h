#pragma once

#include <cstdint>

#include "display/graphics.h"

namespace live {

/// An RGBA8 image for shaders to sample, with mip levels for drawing it smaller.
class Texture {
 public:
  /// Makes the image and writes it to the descriptor set.
  Texture(const Graphics& graphics, VkDescriptorSet set, std::uint32_t width, std::uint32_t height);

  std::uint32_t width() const { return width_; }
  std::uint32_t height() const { return height_; }

  /// Records the copy of [height, width] RGBA8 pixels from a buffer, and makes `smaller` mip levels
  /// from them (at most most_smaller()). Must not be called inside a render pass. The buffer must
  /// hold the pixels already.
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
