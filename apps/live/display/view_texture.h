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

  /// If `image` is null, frees the texture. Otherwise, if `image` is not the image of the last
  /// call, records the upload of `image` to the texture. Must be called before the render pass
  /// begins. frame: index of the frame in flight, less than kFramesInFlight. The device must have
  /// finished the commands that were last recorded for this index.
  void prepare(VkCommandBuffer commands, std::size_t frame,
               const std::shared_ptr<const ViewImage>& image);
  /// Descriptor set of the texture, which holds the image last given to prepare().
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
