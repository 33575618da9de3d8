#pragma once

#include <array>
#include <memory>
#include <optional>

#include "display/graphics.h"
#include "display/texture.h"
#include "views/view_image.h"

namespace live {

/// Texture with the image of the current view. Uses no memory while no view is shown.
class ViewTexture {
 public:
  /// Number of mip levels below the full size, for drawing the view smaller.
  static constexpr std::uint32_t kSmaller = 3;

  explicit ViewTexture(const Graphics& graphics);

  /// Records the upload of `image`, if it is new; null releases the texture. Must be called
  /// before the render pass. frame: index of the frame in flight. The device must have finished
  /// the commands that were last recorded for this index.
  void prepare(VkCommandBuffer commands, std::size_t frame,
               const std::shared_ptr<const ViewImage>& image);
  /// Descriptor set of the image last prepared.
  VkDescriptorSet set() const { return set_; }

 private:
  void release();

  const Graphics& graphics_;
  VkDescriptorSet set_;
  std::optional<Texture> texture_;
  std::array<HostBuffer, kFramesInFlight> pixels_;
  std::shared_ptr<const ViewImage> shown_;
};

}  // namespace live
