#pragma once

#include <optional>

#include "display/graphics.h"
#include "display/rectangle.h"
#include "display/texture.h"
#include "labelling/frame_exchange.h"
#include "views/view_image.h"

namespace live {

/// Draws the newest frame, and a heat map over that frame. The frame is drawn as large as the
/// frame's aspect ratio and the given area allow.
class ImagePainter {
 public:
  ImagePainter(const Graphics& graphics, VkRenderPass render_pass);

  /// Where and how the frame is drawn.
  struct Look {
    Rectangle area;
    bool mirrored = false;
    /// The heat map to draw over the frame; null: none. heat_texture: descriptor set of the texture
    /// with the heat map's pixels.
    const HeatView* heat = nullptr;
    VkDescriptorSet heat_texture = VK_NULL_HANDLE;
  };

  /// Records the copy of `frame` from the frame's buffer to the texture, unless the texture already
  /// holds this frame with enough mip levels. Must be called before the render pass begins. The
  /// frame's memory must be kept until the device has finished the commands. area: where paint()
  /// will draw the frame, in window pixels. The size of `area` decides how many mip levels are
  /// made.
  void prepare(VkCommandBuffer commands, const CapturedFrame& frame, const Rectangle& area);
  /// Records the drawing of the frame last given to prepare(). Records nothing if there was none.
  /// window: size of the window in pixels.
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
