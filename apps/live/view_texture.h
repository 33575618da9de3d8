#pragma once

#include <array>
#include <memory>
#include <optional>

#include "graphics.h"
#include "texture.h"
#include "view_picture.h"

namespace live {

/// The device's copy of the picture of a view; nothing while there is none.
class ViewTexture {
 public:
  /// Of the smaller copies, by which a view is shrunk.
  static constexpr std::uint32_t kSmaller = 3;

  explicit ViewTexture(const Graphics& graphics);

  /// Records, before the render pass, the upload of a picture that is not there yet; null takes
  /// back what there was. frame: which of the frames in flight, whose commands before must be done.
  void prepare(VkCommandBuffer commands, std::size_t frame,
               const std::shared_ptr<const ViewPicture>& picture);
  /// Of the picture last prepared.
  VkDescriptorSet set() const { return set_; }

 private:
  void release();

  const Graphics& graphics_;
  VkDescriptorSet set_;
  std::optional<Texture> texture_;
  std::array<HostBuffer, kFramesInFlight> pixels_;
  std::shared_ptr<const ViewPicture> shown_;
};

}  // namespace live
