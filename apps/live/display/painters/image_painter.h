#pragma once

#include <optional>

#include "display/graphics.h"
#include "display/rectangle.h"
#include "display/texture.h"
#include "labelling/frame_exchange.h"
#include "views/view_image.h"

namespace live {

/// Draws the newest frame, as large as its aspect ratio allows, and a heat map over it.
class ImagePainter {
 public:
  ImagePainter(const Graphics& graphics, VkRenderPass render_pass);

  /// Where and how the frame is drawn.
  struct Look {
    Rectangle area;
    bool mirrored = false;
    /// The heat map to draw over the frame; null: none. heat_texture: descriptor set of its pixels.
    const HeatView* heat = nullptr;
    VkDescriptorSet heat_texture = VK_NULL_HANDLE;
  };

  /// Records the copy of a new frame from its buffer to the texture. Must be called before the
  /// render pass. The frame's memory must be kept until the device has finished the commands. area:
  /// where paint() will draw the frame; its size decides how many mip levels are made.
  void prepare(VkCommandBuffer commands, const CapturedFrame& frame, const Rectangle& area);
  /// Records the drawing of the last prepared frame, if there is one.
  void paint(VkCommandBuffer commands, VkExtent2D window, const Look& look) const;

 private:
  struct Push;
  void draw(VkCommandBuffer commands, VkDescriptorSet texture, const Push& push) const;

  const Graphics& graphics_;
  DrawingPipeline pipeline_;
  VkDescriptorSet set_;
  std::optional<Texture> texture_;
  std::int64_t shown_ = -1;
  std::uint32_t smaller_ = 0;
};

}  // namespace live
