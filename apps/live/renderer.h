#pragma once

#include <array>
#include <optional>
#include <string>

#include "graphics.h"
#include "overlay_painter.h"
#include "picture_painter.h"
#include "swapchain.h"

namespace live {

/// Draws picture and overlay to the window. Used by one thread.
class Renderer {
 public:
  Renderer(const gfnet::SharedDevice& device, const Window& window);
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  struct Scene {
    /// Empty: nothing to show yet.
    std::optional<CapturedFrame> picture;
    bool mirrored = false;
    const ImDrawData* overlay = nullptr;
  };
  /// Whether the window had an image to draw. screenshot: where to write it, if not empty; throws
  /// gfnet::FormatError if that cannot be.
  bool draw(const Scene& scene, const std::string& screenshot);

  Swapchain& swapchain() { return swapchain_; }
  /// The overlay's glyphs have changed.
  void forget_glyphs();

 private:
  static constexpr std::size_t kFramesInFlight = OverlayPainter::kFramesInFlight;

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
  void submit(const Slot& slot, const Swapchain::Image& image);

  Graphics graphics_;
  Swapchain swapchain_;
  PicturePainter picture_painter_;
  OverlayPainter overlay_painter_;
  std::array<Slot, kFramesInFlight> slots_;
  std::size_t next_ = 0;
};

}  // namespace live
