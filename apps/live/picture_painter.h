#pragma once

#include <optional>

#include "frame_exchange.h"
#include "graphics.h"
#include "rectangle.h"
#include "texture.h"
#include "view_picture.h"

namespace live {

/// Shows the newest picture, as large as its proportions allow, and over it the heat of a class.
class PicturePainter {
 public:
  PicturePainter(const Graphics& graphics, VkRenderPass render_pass);

  /// Where it goes, and how.
  struct Look {
    Rectangle area;
    bool mirrored = false;
    /// With what lies over it: `heat_texture` is a set with the heat's pixels.
    const HeatView* heat = nullptr;
    VkDescriptorSet heat_texture = VK_NULL_HANDLE;
  };

  /// Records what must come before the render pass: a picture that is not there yet is taken from
  /// the device's memory. The frame must be kept until the commands are done.
  void prepare(VkCommandBuffer commands, const CapturedFrame& frame, const Rectangle& area);
  /// Records the drawing, if there is a picture.
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
