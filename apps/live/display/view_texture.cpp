#include "display/view_texture.h"

#include <cstring>
#include <span>

namespace live {

ViewTexture::ViewTexture(const Graphics& graphics)
    : graphics_(graphics), set_(graphics.make_texture_set()) {}

void ViewTexture::prepare(VkCommandBuffer commands, std::size_t frame,
                          const std::shared_ptr<const ViewPicture>& picture) {
  if (picture == shown_) return;
  if (!picture) return release();
  if (!texture_ || texture_->width() != picture->width || texture_->height() != picture->height) {
    // Submitted commands may still sample it. The wait is rare: the size changes only with the
    // view, layer or model.
    if (texture_) graphics_.wait_idle();
    texture_.reset();
    texture_.emplace(graphics_, set_, picture->width, picture->height);
  }
  HostBuffer& buffer = pixels_.at(frame);
  const auto bytes = std::as_bytes(std::span(picture->pixels));
  if (buffer.mapped.size() < bytes.size()) {
    buffer = {};
    buffer = graphics_.make_host_buffer(bytes.size(), VK_BUFFER_USAGE_TRANSFER_SRC_BIT);
  }
  std::memcpy(buffer.mapped.data(), bytes.data(), bytes.size());
  texture_->record_fill(commands, buffer.buffer.get(), kSmaller);
  shown_ = picture;
}

void ViewTexture::release() {
  graphics_.wait_idle();
  texture_.reset();
  pixels_ = {};
  shown_.reset();
}

}  // namespace live
