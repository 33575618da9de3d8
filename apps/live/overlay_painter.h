#pragma once

#include <array>
#include <optional>
#include <string>

#include "graphics.h"
#include "texture.h"

struct ImDrawData;

namespace live {

/// Draws what Dear ImGui made. Its own Vulkan backend calls the loader, this one volk.
class OverlayPainter {
 public:
  static constexpr std::size_t kFramesInFlight = 2;

  OverlayPainter(const Graphics& graphics, VkRenderPass render_pass);

  /// Records, before the render pass, the upload of Dear ImGui's glyphs if they are new.
  void prepare(VkCommandBuffer commands);
  /// frame: which of the frames in flight, whose commands before must be done.
  void paint(VkCommandBuffer commands, std::size_t frame, const ImDrawData& data,
             VkExtent2D window);
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
