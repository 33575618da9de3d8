#include "display/painters/overlay_painter.h"

#include <imgui.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "display/view_texture.h"
#include "shaders/overlay_frag.h"
#include "shaders/overlay_vert.h"

namespace live {
namespace {

/// Push constants, as in shaders/overlay.vert and overlay.frag.
struct Push {
  float scale[2];
  float most_lod;
};

/// Whether `id` is kViewTexture. Compares the bytes, because ImTextureID is a number or a pointer,
/// depending on Dear ImGui's version.
bool is_view(ImTextureID id) {
  const std::uintptr_t view = kViewTexture;
  static_assert(sizeof(id) >= sizeof(view));
  return std::memcmp(&id, &view, sizeof view) == 0;
}

}  // namespace

OverlayPainter::OverlayPainter(const Graphics& graphics, VkRenderPass render_pass)
    : graphics_(graphics), set_(graphics.make_texture_set()) {
  PipelineRecipe recipe;
  recipe.render_pass = render_pass;
  recipe.vertex_shader = overlay_vert;
  recipe.fragment_shader = overlay_frag;
  recipe.push_bytes = sizeof(Push);
  recipe.vertex_bytes = sizeof(ImDrawVert);
  recipe.attributes = {
      {0, 0, VK_FORMAT_R32G32_SFLOAT, static_cast<std::uint32_t>(offsetof(ImDrawVert, pos))},
      {1, 0, VK_FORMAT_R32G32_SFLOAT, static_cast<std::uint32_t>(offsetof(ImDrawVert, uv))},
      {2, 0, VK_FORMAT_R8G8B8A8_UNORM, static_cast<std::uint32_t>(offsetof(ImDrawVert, col))}};
  pipeline_ = graphics.make_pipeline(recipe);
}

void OverlayPainter::forget_glyphs() { glyphs_.reset(); }

void OverlayPainter::prepare(VkCommandBuffer commands) {
  if (glyphs_) return;
  unsigned char* pixels = nullptr;
  int width = 0;
  int height = 0;
  ImGui::GetIO().Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
  const std::size_t bytes =
      std::size_t{4} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  glyph_pixels_ = graphics_.make_host_buffer(bytes, VK_BUFFER_USAGE_TRANSFER_SRC_BIT);
  std::memcpy(glyph_pixels_.mapped.data(), pixels, bytes);
  glyphs_.emplace(graphics_, set_, static_cast<std::uint32_t>(width),
                  static_cast<std::uint32_t>(height));
  glyphs_->record_fill(commands, glyph_pixels_.buffer.get());
}

void OverlayPainter::reserve(HostBuffer& buffer, std::size_t bytes,
                             VkBufferUsageFlags usage) const {
  if (buffer.mapped.size() >= bytes) return;
  buffer = {};
  buffer = graphics_.make_host_buffer(bytes + bytes / 2, usage);
}

void OverlayPainter::paint(VkCommandBuffer commands, std::size_t frame, const ImDrawData& data,
                           VkExtent2D window, VkDescriptorSet view) {
  if (data.TotalVtxCount == 0) return;
  Slot& slot = slots_.at(frame);
  reserve(slot.vertices, sizeof(ImDrawVert) * static_cast<std::size_t>(data.TotalVtxCount),
          VK_BUFFER_USAGE_VERTEX_BUFFER_BIT);
  reserve(slot.indices, sizeof(ImDrawIdx) * static_cast<std::size_t>(data.TotalIdxCount),
          VK_BUFFER_USAGE_INDEX_BUFFER_BIT);
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.pipeline.get());
  const VkBuffer vertices = slot.vertices.buffer.get();
  const VkDeviceSize start = 0;
  vkCmdBindVertexBuffers(commands, 0, 1, &vertices, &start);
  vkCmdBindIndexBuffer(commands, slot.indices.buffer.get(), 0,
                       sizeof(ImDrawIdx) == 2 ? VK_INDEX_TYPE_UINT16 : VK_INDEX_TYPE_UINT32);
  const auto choose = [&](VkDescriptorSet set, std::uint32_t smaller) {
    const Push push{
        {2.0F / static_cast<float>(window.width), 2.0F / static_cast<float>(window.height)},
        static_cast<float>(smaller)};
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.layout.get(), 0, 1,
                            &set, 0, nullptr);
    vkCmdPushConstants(commands, pipeline_.layout.get(),
                       VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push,
                       &push);
  };
  choose(set_, 0);
  bool shows_view = false;

  std::size_t vertex_base = 0;
  std::size_t index_base = 0;
  for (int l = 0; l < data.CmdListsCount; ++l) {
    const ImDrawList& list = *data.CmdLists[l];
    const auto vertex_count = static_cast<std::size_t>(list.VtxBuffer.Size);
    const auto index_count = static_cast<std::size_t>(list.IdxBuffer.Size);
    std::memcpy(slot.vertices.mapped.data() + vertex_base * sizeof(ImDrawVert), list.VtxBuffer.Data,
                vertex_count * sizeof(ImDrawVert));
    std::memcpy(slot.indices.mapped.data() + index_base * sizeof(ImDrawIdx), list.IdxBuffer.Data,
                index_count * sizeof(ImDrawIdx));
    for (const ImDrawCmd& command : list.CmdBuffer) {
      const float left = std::max(command.ClipRect.x, 0.0F);
      const float top = std::max(command.ClipRect.y, 0.0F);
      const float right = std::min(command.ClipRect.z, static_cast<float>(window.width));
      const float bottom = std::min(command.ClipRect.w, static_cast<float>(window.height));
      if (right <= left || bottom <= top) continue;
      const VkRect2D scissor{
          {static_cast<std::int32_t>(left), static_cast<std::int32_t>(top)},
          {static_cast<std::uint32_t>(right - left), static_cast<std::uint32_t>(bottom - top)}};
      vkCmdSetScissor(commands, 0, 1, &scissor);
      const bool is_of_view = is_view(command.GetTexID());
      if (is_of_view != std::exchange(shows_view, is_of_view)) {
        is_of_view ? choose(view, ViewTexture::kSmaller) : choose(set_, 0);
      }
      vkCmdDrawIndexed(commands, command.ElemCount, 1,
                       static_cast<std::uint32_t>(index_base) + command.IdxOffset,
                       static_cast<std::int32_t>(vertex_base + command.VtxOffset), 0);
    }
    vertex_base += vertex_count;
    index_base += index_count;
  }
}

}  // namespace live
