#include "picture_painter.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "shaders/picture_frag.h"
#include "shaders/picture_vert.h"

namespace live {
namespace {

/// As the shaders have it.
struct Push {
  float place[4];
  float section[4];
  float lod;
  float opacity;
};

/// Which level of a picture's pyramid suits its size in the window; 0 where it is enlarged.
float lod_of(const Texture& texture, VkExtent2D window) {
  const Rectangle place =
      fit_into({0, 0, static_cast<float>(window.width), static_cast<float>(window.height)},
               texture.width(), texture.height());
  return std::max(0.0F, std::log2(static_cast<float>(texture.width()) / place.width));
}

}  // namespace

Rectangle fit_into(const Rectangle& area, std::uint32_t width, std::uint32_t height) {
  const float scale =
      std::min(area.width / static_cast<float>(width), area.height / static_cast<float>(height));
  Rectangle fitted;
  fitted.width = scale * static_cast<float>(width);
  fitted.height = scale * static_cast<float>(height);
  fitted.x = area.x + 0.5F * (area.width - fitted.width);
  fitted.y = area.y + 0.5F * (area.height - fitted.height);
  return fitted;
}

PicturePainter::PicturePainter(const Graphics& graphics, VkRenderPass render_pass)
    : graphics_(graphics), set_(graphics.make_texture_set()) {
  PipelineRecipe recipe;
  recipe.render_pass = render_pass;
  recipe.vertex_shader = picture_vert;
  recipe.fragment_shader = picture_frag;
  recipe.push_bytes = sizeof(Push);
  recipe.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP;
  pipeline_ = graphics.make_pipeline(recipe);
}

void PicturePainter::prepare(VkCommandBuffer commands, const CapturedFrame& frame,
                             VkExtent2D window) {
  const std::uint32_t width = frame.picture->width();
  const std::uint32_t height = frame.picture->height();
  if (!texture_ || texture_->width() != width || texture_->height() != height) {
    if (texture_) graphics_.wait_idle();
    texture_.reset();
    texture_.emplace(graphics_, set_, width, height);
    shown_ = -1;
  }
  const auto smaller = static_cast<std::uint32_t>(std::ceil(lod_of(*texture_, window)));
  if (shown_ == frame.index && smaller_ >= smaller) return;
  VkBuffer pixels = VK_NULL_HANDLE;
  const std::uint64_t handle = frame.picture->buffer();
  static_assert(sizeof(pixels) == sizeof(handle));
  pixels = std::bit_cast<VkBuffer>(handle);
  texture_->record_fill(commands, pixels, smaller);
  shown_ = frame.index;
  smaller_ = smaller;
}

void PicturePainter::paint(VkCommandBuffer commands, VkExtent2D window, bool mirrored) const {
  if (!texture_) return;
  const auto window_width = static_cast<float>(window.width);
  const auto window_height = static_cast<float>(window.height);
  const Rectangle place =
      fit_into({0, 0, window_width, window_height}, texture_->width(), texture_->height());
  Push push{};
  push.place[0] = 2 * place.x / window_width - 1;
  push.place[1] = 2 * place.y / window_height - 1;
  push.place[2] = 2 * (place.x + place.width) / window_width - 1;
  push.place[3] = 2 * (place.y + place.height) / window_height - 1;
  push.section[mirrored ? 0 : 2] = 1;
  push.section[3] = 1;
  push.lod = std::min(lod_of(*texture_, window), static_cast<float>(smaller_));
  push.opacity = 1;
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.pipeline.get());
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.layout.get(), 0, 1,
                          &set_, 0, nullptr);
  vkCmdPushConstants(commands, pipeline_.layout.get(),
                     VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push,
                     &push);
  vkCmdDraw(commands, 4, 1, 0, 0);
}

}  // namespace live
