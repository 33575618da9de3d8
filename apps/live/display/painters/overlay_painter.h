#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "display/graphics.h"
#include "display/texture.h"

struct ImDrawData;

namespace live {

/// Dear ImGui's texture id for the view's image. The texture id of the glyphs is 0.
constexpr std::uintptr_t kViewTexture = 1;

/// Draws the overlay: the output of Dear ImGui. Dear ImGui's own Vulkan backend is not used,
/// because that backend would call the Vulkan loader instead of volk.
class OverlayPainter {
 public:
  OverlayPainter(const Graphics& graphics, VkRenderPass render_pass);

  /// If Dear ImGui's glyphs are not in the texture yet, records the upload of the glyphs. Must be
  /// called before the render pass begins.
  void prepare(VkCommandBuffer commands);
  /// Records the drawing of `data`. frame: index of the frame in flight, less than kFramesInFlight.
  /// The device must have finished the commands that were last recorded for this index. window:
  /// size of the window in pixels. view: descriptor set of the texture for kViewTexture. That
  /// texture must have ViewTexture::kSmaller mip levels below the full size.
  void paint(VkCommandBuffer commands, std::size_t frame, const ImDrawData& data, VkExtent2D window,
             VkDescriptorSet view);
  /// Frees the texture of the glyphs, so that the next prepare() uploads the glyphs again. Must be
  /// called when the glyphs have changed. The device must be idle.
  void forget_glyphs();

 private:
  /// Buffers of one frame in flight.
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
