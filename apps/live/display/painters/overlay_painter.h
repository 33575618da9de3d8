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

/// Draws Dear ImGui's output. Replaces its Vulkan backend, which would call the Vulkan loader
/// instead of volk.
class OverlayPainter {
 public:
  OverlayPainter(const Graphics& graphics, VkRenderPass render_pass);

  /// Records the upload of Dear ImGui's glyphs, if they are new. Must be called before the render
  /// pass.
  void prepare(VkCommandBuffer commands);
  /// Records the drawing of `data`. frame: index of the frame in flight; the device must have
  /// finished its previous commands. view: descriptor set of the texture for kViewTexture. That
  /// texture must have ViewTexture::kSmaller mip levels below its full size.
  void paint(VkCommandBuffer commands, std::size_t frame, const ImDrawData& data, VkExtent2D window,
             VkDescriptorSet view);
  /// Frees the texture of the glyphs, so that prepare() uploads new ones. Must be called when the
  /// glyphs have changed. The device must be idle.
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
