#pragma once

#include <array>
#include <memory>
#include <optional>

#include "graphics.h"
#include "overlay_painter.h"
#include "picture_painter.h"
#include "screenshot.h"
#include "swapchain.h"
#include "view_texture.h"

namespace live {

/// Draws picture, view and overlay to the window. Used by one thread.
class Renderer {
 public:
  Renderer(const gfnet::SharedDevice& device, const Window& window);
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  struct Scene {
    /// Empty: nothing to show yet.
    std::optional<CapturedFrame> picture;
    /// Where it may be.
    Rectangle area;
    bool mirrored = false;
    /// May be null.
    std::shared_ptr<const ViewPicture> view;
    const ImDrawData* overlay = nullptr;
  };
  /// Whether the window had an image to draw. screenshot: gets what was drawn, if not null; no
  /// bytes if this display's images cannot be read.
  bool draw(const Scene& scene, WindowPixels* screenshot);

  Swapchain& swapchain() { return swapchain_; }
  /// The overlay's glyphs have changed.
  void forget_glyphs();

 private:
  struct Slot {
    OwnedCommandPool pool;
    VkCommandBuffer commands = VK_NULL_HANDLE;
    OwnedFence done;
    OwnedSemaphore free;
    /// What the commands read.
    std::optional<CapturedFrame> picture;
  };

  void record(Slot& slot, const Swapchain::Image& image, const Scene& scene,
              const HostBuffer* copy);
  void record_copy(VkCommandBuffer commands, VkImage image, const HostBuffer& target);
  /// Reads a copy once it is made.
  WindowPixels pixels_of(const HostBuffer& copy, VkFence done) const;
  void submit(const Slot& slot, const Swapchain::Image& image);

  Graphics graphics_;
  Swapchain swapchain_;
  PicturePainter picture_painter_;
  ViewTexture view_texture_;
  OverlayPainter overlay_painter_;
  std::array<Slot, kFramesInFlight> slots_;
  std::size_t next_ = 0;
};

}  // namespace live
