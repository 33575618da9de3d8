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

/// Draws frame, view and overlay to the window. Used by one thread.
class Renderer {
 public:
  Renderer(const gfnet::SharedDevice& device, const Window& window);
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  struct Scene {
    /// The frame to show; empty before the first one.
    std::optional<CapturedFrame> frame;
    /// Area for the frame, in window pixels.
    Rectangle area;
    bool mirrored = false;
    /// Null: no view is drawn.
    std::shared_ptr<const ViewImage> view;
    /// Text and panels. Must not be null.
    const ImDrawData* overlay = nullptr;
  };
  /// Draws and presents one image. Returns false, without drawing, if the swapchain has no free
  /// image. screenshot: if not null, receives the drawn pixels. Its `bytes` stay empty if the
  /// system does not allow to copy the window's images.
  bool draw(const Scene& scene, WindowPixels* screenshot);

  Swapchain& swapchain() { return swapchain_; }
  /// Must be called when the overlay's glyphs have changed. Waits for the device.
  void forget_glyphs();

 private:
  struct Slot {
    OwnedCommandPool pool;
    VkCommandBuffer commands = VK_NULL_HANDLE;
    OwnedFence done;
    OwnedSemaphore free;
    /// The frame that the commands read, and the memory that they copy a screenshot to. Both are
    /// kept until the device has finished the commands.
    std::optional<CapturedFrame> frame;
    std::optional<HostBuffer> copy;
  };

  /// Records the commands that draw the scene, and those for slot.copy if it is set.
  void record(Slot& slot, const Swapchain::Image& image, const Scene& scene);
  void record_copy(VkCommandBuffer commands, VkImage image, const HostBuffer& target);
  /// Waits until the device has finished the slot's commands.
  void wait_for(const Slot& slot) const;
  /// Waits until the device has finished the slot's commands and returns the window's pixels. The
  /// slot must have a copy.
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
