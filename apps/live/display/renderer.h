#pragma once

#include <array>
#include <memory>
#include <optional>

#include "display/graphics.h"
#include "display/painters/image_painter.h"
#include "display/painters/overlay_painter.h"
#include "display/screenshot.h"
#include "display/swapchain.h"
#include "display/view_texture.h"

namespace live {

/// Draws the frame, the view and the overlay (text and panels) to the window. Only one thread may
/// use this class.
class Renderer {
 public:
  Renderer(const gfnet::SharedDevice& device, const Window& window);
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  struct Scene {
    /// The frame to show; empty before the first frame.
    std::optional<CapturedFrame> frame;
    /// Area for the frame, in window pixels.
    Rectangle area;
    bool mirrored = false;
    /// Null: no view is drawn.
    std::shared_ptr<const ViewImage> view;
    /// Text and panels. Must not be null.
    const ImDrawData* overlay = nullptr;
  };
  /// Draws the scene to an image of the swapchain and presents that image. Returns false, without
  /// drawing, if the swapchain has no image available. screenshot: null, or gets the drawn pixels.
  /// If the system does not allow to copy the window's images, screenshot->bytes stays empty.
  bool draw(const Scene& scene, WindowPixels* screenshot);

  Swapchain& swapchain() { return swapchain_; }
  /// Frees the texture of the overlay's glyphs, so that the next drawing uploads the glyphs again.
  /// Must be called when the glyphs have changed. Waits until the device has finished all submitted
  /// work.
  void forget_glyphs();

 private:
  /// What one frame in flight needs.
  struct Slot {
    OwnedCommandPool pool;
    VkCommandBuffer commands = VK_NULL_HANDLE;
    OwnedFence done;
    OwnedSemaphore free;
    /// frame: what the commands read. copy: where the commands copy a screenshot to; empty if no
    /// screenshot is requested. Both members are kept until the device has finished the commands.
    std::optional<CapturedFrame> frame;
    std::optional<HostBuffer> copy;
  };

  /// Records the commands that draw the scene to `image`. If slot.copy is set, also records the
  /// copy of the drawn image to slot.copy.
  void record(Slot& slot, const Swapchain::Image& image, const Scene& scene);
  void record_copy(VkCommandBuffer commands, VkImage image, const HostBuffer& target);
  /// Waits until the device has finished the slot's commands.
  void wait_for(const Slot& slot) const;
  /// Waits until the device has finished the slot's commands. Returns the window's pixels, which
  /// the commands have copied to slot.copy. slot.copy must be set.
  WindowPixels pixels_of(const Slot& slot) const;
  void submit(const Slot& slot, const Swapchain::Image& image);

  Graphics graphics_;
  Swapchain swapchain_;
  ImagePainter image_painter_;
  ViewTexture view_texture_;
  OverlayPainter overlay_painter_;
  std::array<Slot, kFramesInFlight> slots_;
  std::size_t next_ = 0;
};

}  // namespace live
