#pragma once

#include <cstdint>

#include "graphics.h"

namespace live {

/// A picture that shaders sample, with the smaller copies of it that they need to shrink it.
class Texture {
 public:
  Texture(const Graphics& graphics, VkDescriptorSet set, std::uint32_t width, std::uint32_t height);

  std::uint32_t width() const { return width_; }
  std::uint32_t height() const { return height_; }

  /// Records: fills it with [height, width] RGBA8 pixels of a buffer, whose writes are done, and
  /// with them `smaller` of its smaller copies. Not inside a render pass.
  void record_fill(VkCommandBuffer commands, VkBuffer pixels, std::uint32_t smaller = 0);
  /// How many smaller copies there are at most.
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
