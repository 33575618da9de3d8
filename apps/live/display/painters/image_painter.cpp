#include "display/painters/image_painter.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "shaders/image_frag.h"
#include "shaders/image_vert.h"

namespace live {

/// Push constants, as in shaders/image.vert and image.frag.
struct ImagePainter::Push {
  float place[4] = {};
  float section[4] = {0, 0, 1, 1};
  float lod = 0;
  float opacity = 1;
  float grey = 0;
  float unseen = 1;
  float seen[4] = {0, 0, 1, 1};
};

namespace {

/// The mip level that fits the frame's size in the window; 0 if the frame is enlarged.
float lod_of(const Texture& texture, const Rectangle& place) {
  return std::max(0.0F, std::log2(static_cast<float>(texture.width()) / place.width));
}

/// Converts a rectangle from window pixels to clip space.
void set_place(float (&place)[4], const Rectangle& pixels, VkExtent2D window) {
  const auto width = static_cast<float>(window.width);
  const auto height = static_cast<float>(window.height);
  place[0] = 2 * pixels.x / width - 1;
  place[1] = 2 * pixels.y / height - 1;
  place[2] = 2 * pixels.right() / width - 1;
  place[3] = 2 * pixels.bottom() / height - 1;
}

/// Where the part `part` of the frame is in the window, in pixels. frame: where the whole frame is
/// in the window, in pixels. part: in fractions (0 … 1) of the frame's sides. mirrored: whether
/// left and right are exchanged in the window.
Rectangle part_of(const Rectangle& frame, const gfnet::Region& part, bool mirrored) {
  const auto left = static_cast<float>(mirrored ? 1 - part.left - part.width : part.left);
  return {frame.x + left * frame.width, frame.y + static_cast<float>(part.top) * frame.height,
          static_cast<float>(part.width) * frame.width,
          static_cast<float>(part.height) * frame.height};
}

}  // namespace

ImagePainter::ImagePainter(const Graphics& graphics, VkRenderPass render_pass)
    : graphics_(graphics), set_(graphics.make_texture_set()) {
  PipelineRecipe recipe;
  recipe.render_pass = render_pass;
  recipe.vertex_shader = image_vert;
  recipe.fragment_shader = image_frag;
  recipe.push_bytes = sizeof(Push);
  recipe.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP;
  pipeline_ = graphics.make_pipeline(recipe);
}

void ImagePainter::prepare(VkCommandBuffer commands, const CapturedFrame& frame,
                           const Rectangle& area) {
  const std::uint32_t width = frame.width;
  const std::uint32_t height = frame.height;
  if (!texture_ || texture_->width() != width || texture_->height() != height) {
    if (texture_) graphics_.wait_idle();
    texture_.reset();
    texture_.emplace(graphics_, set_, width, height);
    shown_ = -1;
  }
  const float lod = lod_of(*texture_, fit_into(area, width, height));
  const auto smaller = static_cast<std::uint32_t>(std::ceil(lod));
  if (shown_ == frame.index && smaller_ >= smaller) return;
  VkBuffer pixels = VK_NULL_HANDLE;
  const std::uint64_t handle = frame.image->buffer();
  static_assert(sizeof(pixels) == sizeof(handle));
  pixels = std::bit_cast<VkBuffer>(handle);
  texture_->record_fill(commands, pixels, smaller);
  shown_ = frame.index;
  smaller_ = smaller;
}

void ImagePainter::paint(VkCommandBuffer commands, VkExtent2D window, const Look& look) const {
  if (!texture_) return;
  const Rectangle place = fit_into(look.area, texture_->width(), texture_->height());
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.pipeline.get());
  Push push;
  set_place(push.place, place, window);
  if (look.mirrored) std::swap(push.section[0], push.section[2]);
  push.lod = std::min(lod_of(*texture_, place), static_cast<float>(smaller_));
  if (look.heat == nullptr) return draw(commands, set_, push);

  // Mixed as by gfnet::heat_overlay(): the frame is grey, so that only its shapes show.
  const gfnet::Region& seen = look.heat->seen;
  push.grey = 1;
  push.unseen = static_cast<float>(gfnet::kUnseenBrightness);
  push.seen[0] = static_cast<float>(seen.left);
  push.seen[1] = static_cast<float>(seen.top);
  push.seen[2] = static_cast<float>(seen.left + seen.width);
  push.seen[3] = static_cast<float>(seen.top + seen.height);
  draw(commands, set_, push);
  Push heat;
  set_place(heat.place, part_of(place, seen, look.mirrored), window);
  if (look.mirrored) std::swap(heat.section[0], heat.section[2]);
  heat.opacity = static_cast<float>(gfnet::kHeatOpacity);
  draw(commands, look.heat_texture, heat);
}

void ImagePainter::draw(VkCommandBuffer commands, VkDescriptorSet texture, const Push& push) const {
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.layout.get(), 0, 1,
                          &texture, 0, nullptr);
  vkCmdPushConstants(commands, pipeline_.layout.get(),
                     VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push,
                     &push);
  vkCmdDraw(commands, 4, 1, 0, 0);
}

}  // namespace live
