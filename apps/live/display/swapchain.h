#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "display/graphics.h"
#include "display/window.h"

namespace live {

/// The window's surface, and the images that are shown in the surface. The images are recreated
/// when the window's size changes, or when the system invalidates the images or the surface. The
/// surface is recreated when the system invalidates the surface.
class Swapchain {
 public:
  Swapchain(const Graphics& graphics, const Window& window);
  /// All submitted drawing must be done.
  ~Swapchain();
  Swapchain(const Swapchain&) = delete;
  Swapchain& operator=(const Swapchain&) = delete;

  /// The render pass for drawing to an image. The image is cleared when the render pass begins.
  VkRenderPass render_pass() const { return render_pass_.get(); }
  VkExtent2D extent() const { return extent_; }
  /// Whether the images can be copied, for screenshots.
  bool can_copy() const { return can_copy_; }
  /// Whether pixels are BGRA8 instead of RGBA8.
  bool has_blue_first() const;
  /// Whether images become available no faster than the display shows them (FIFO).
  bool keeps_pace() const { return present_mode_ == VK_PRESENT_MODE_FIFO_KHR; }

  struct Image {
    std::uint32_t index = 0;
    VkImage image = VK_NULL_HANDLE;
    VkFramebuffer framebuffer = VK_NULL_HANDLE;
    /// The submission that draws the image must signal this semaphore. present() waits for the
    /// semaphore.
    VkSemaphore drawn = VK_NULL_HANDLE;
  };
  /// The next image to draw to. Drawing must wait for the semaphore `free`: the system signals
  /// `free` when the image is no longer shown. If no image is available, waits for at most 0.1 s.
  /// Returns nothing if there is no image even then, if the window's width or height is 0, or if
  /// the system invalidates the images or the surface meanwhile.
  std::optional<Image> acquire(VkSemaphore free);
  void present(const Image& image);

  /// For scripts. lose_images() acts as if the system had invalidated the images, and
  /// lose_surface() as if the system had invalidated the surface.
  void lose_images() { note(VK_ERROR_OUT_OF_DATE_KHR, "script"); }
  void lose_surface() { note(VK_ERROR_SURFACE_LOST_KHR, "script"); }

 private:
  void make_surface();
  void choose_format();
  void choose_present_mode();
  void make_render_pass();
  /// Makes the images. If the surface was lost, first makes a new surface. Returns false if the
  /// window's width or height is 0, or if the system invalidates the images or the surface
  /// meanwhile.
  bool make_images();
  void release_images();
  bool note(VkResult result, const char* call);

  const Graphics& graphics_;
  const Window& window_;
  OwnedSurface surface_;
  VkSurfaceFormatKHR format_{};
  VkPresentModeKHR present_mode_ = VK_PRESENT_MODE_FIFO_KHR;
  OwnedRenderPass render_pass_;
  OwnedSwapchain swapchain_;
  VkExtent2D extent_{};
  /// The window's size when the images were made.
  VkExtent2D made_for_{};
  bool can_copy_ = false;
  /// An image of the swapchain, with the objects for drawing to that image.
  struct Entry {
    VkImage image;
    OwnedImageView view;
    OwnedFramebuffer framebuffer;
    OwnedSemaphore drawn;
  };
  std::vector<Entry> entries_;
  bool is_stale_ = true;
  bool is_surface_lost_ = false;
};

OwnedSemaphore make_semaphore(VkDevice device);

}  // namespace live
