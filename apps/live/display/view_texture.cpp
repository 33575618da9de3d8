#include "display/view_texture.h"

#include <cstring>
#include <span>

namespace live {

ViewTexture::ViewTexture(const Graphics& graphics)
    : graphics_(graphics), set_(graphics.make_texture_set()) {}

void ViewTexture::prepare(VkCommandBuffer commands, std::size_t frame,
                          const std::shared_ptr<const ViewImage>& image) {
  if (image == shown_) return;
  if (!image) return release();
  if (!texture_ || texture_->width() != image->width || texture_->height() != image->height) {
    // Submitted commands may still sample it. The wait is rare: the size changes only with the
    // view, layer or model.
    if (texture_) graphics_.wait_idle();
    texture_.reset();
    texture_.emplace(graphics_, set_, image->width, image->height);
  }
  HostBuffer& buffer = pixels_.at(frame);
  const auto bytes = std::as_bytes(std::span(image->pixels));
  if (buffer.mapped.size() < bytes.size()) {
    buffer = {};
    buffer = graphics_.make_host_buffer(bytes.size(), VK_BUFFER_USAGE_TRANSFER_SRC_BIT);
  }
  std::memcpy(buffer.mapped.data(), bytes.data(), bytes.size());
  texture_->record_fill(commands, buffer.buffer.get(), kSmaller);
  shown_ = image;
}

void ViewTexture::release() {
  graphics_.wait_idle();
  texture_.reset();
  pixels_ = {};
  shown_.reset();
}

}  // namespace live
