#pragma once

#include <memory>
#include <optional>

#include "frame_exchange.h"
#include "graphics.h"
#include "texture.h"

namespace live {

/// In pixels of the window, the origin at the top left.
struct Rectangle {
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;
};

/// The largest rectangle with a picture's proportions in the middle of an area.
Rectangle fit_into(const Rectangle& area, std::uint32_t width, std::uint32_t height);

/// Shows the newest picture, as large as its proportions allow.
class PicturePainter {
 public:
  PicturePainter(const Graphics& graphics, VkRenderPass render_pass);

  /// Records what must come before the render pass: a picture that is not there yet is taken from
  /// the device's memory. The frame must be kept until the commands are done.
  void prepare(VkCommandBuffer commands, const CapturedFrame& frame, VkExtent2D window);
  /// Records the drawing, if there is a picture.
  void paint(VkCommandBuffer commands, VkExtent2D window, bool mirrored) const;
  bool has_picture() const { return texture_.has_value(); }

 private:
  const Graphics& graphics_;
  DrawingPipeline pipeline_;
  VkDescriptorSet set_;
  std::optional<Texture> texture_;
  std::int64_t shown_ = -1;
  std::uint32_t smaller_ = 0;
};

}  // namespace live
