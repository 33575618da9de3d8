#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "graphics.h"
#include "texture.h"

struct ImDrawData;

namespace live {

/// What Dear ImGui is told to draw a part of the view's picture; its glyphs are 0.
constexpr std::uintptr_t kViewTexture = 1;

/// Draws what Dear ImGui made. Its own Vulkan backend calls the loader, this one volk.
class OverlayPainter {
 public:
  OverlayPainter(const Graphics& graphics, VkRenderPass render_pass);

  /// Records, before the render pass, the upload of Dear ImGui's glyphs if they are new.
  void prepare(VkCommandBuffer commands);
  /// frame: which of the frames in flight, whose commands before must be done. view: set of the
  /// texture that kViewTexture stands for, with ViewTexture::kSmaller smaller copies.
  void paint(VkCommandBuffer commands, std::size_t frame, const ImDrawData& data, VkExtent2D window,
             VkDescriptorSet view);
  /// The glyphs have changed; the device must be idle.
  void forget_glyphs();

 private:
  struct Slot {
    HostBuffer vertices;
    HostBuffer indices;
  };
  void reserve(HostBuffer& buffer, std::size_t bytes, VkBufferUsageFlags usage) const;

  const Graphics& graphics_;
  DrawingPipeline pipeline_;
  VkDescriptorSet set_;
  std::optional<Texture> glyphs_;
  HostBuffer glyph_pixels_;
  std::array<Slot, kFramesInFlight> slots_;
};

}  // namespace live
