#include "display/swapchain.h"

#include <gfnet/error.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "display/glfw.h"

namespace live {
namespace {

/// Longest wait for a free image of the swapchain. A hidden window may get no image, but must still
/// react to keys.
constexpr std::uint64_t kAcquireNanoseconds = 100'000'000;

}  // namespace

OwnedSemaphore make_semaphore(VkDevice device) {
  VkSemaphoreCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO;
  VkSemaphore semaphore = VK_NULL_HANDLE;
  LIVE_VK(vkCreateSemaphore(device, &info, nullptr, &semaphore));
  return {device, semaphore};
}

Swapchain::Swapchain(const Graphics& graphics, const Window& window)
    : graphics_(graphics), window_(window) {
  make_surface();
  choose_format();
  choose_present_mode();
  make_render_pass();
}

Swapchain::~Swapchain() = default;

void Swapchain::make_surface() {
  const VkInstance instance = graphics_.shared().instance();
  VkSurfaceKHR surface = VK_NULL_HANDLE;
  LIVE_VK(glfwCreateWindowSurface(instance, window_.handle(), nullptr, &surface));
  surface_ = {instance, surface};
  VkBool32 can_present = VK_FALSE;
  LIVE_VK(vkGetPhysicalDeviceSurfaceSupportKHR(graphics_.physical_device(),
                                               graphics_.shared().queue_family(), surface_.get(),
                                               &can_present));
  if (can_present == VK_FALSE) {
    throw gfnet::UnsupportedError("presenting to this display is not supported",
                                  graphics_.shared().description().name);
  }
}

void Swapchain::choose_format() {
  std::uint32_t count = 0;
  LIVE_VK(vkGetPhysicalDeviceSurfaceFormatsKHR(graphics_.physical_device(), surface_.get(), &count,
                                               nullptr));
  std::vector<VkSurfaceFormatKHR> formats(count);
  LIVE_VK(vkGetPhysicalDeviceSurfaceFormatsKHR(graphics_.physical_device(), surface_.get(), &count,
                                               formats.data()));
  // These formats show the frames' bytes without conversion.
  constexpr std::array kWanted{VK_FORMAT_B8G8R8A8_UNORM, VK_FORMAT_R8G8B8A8_UNORM};
  for (const VkFormat wanted : kWanted) {
    const auto found = std::ranges::find(formats, wanted, &VkSurfaceFormatKHR::format);
    if (found != formats.end()) {
      format_ = *found;
      return;
    }
  }
  throw gfnet::UnsupportedError("no window format with 8 bits per channel",
                                graphics_.shared().description().name);
}

/// Prefers the present mode MAILBOX to FIFO. With FIFO, some systems block vkQueuePresentKHR while
/// the window is hidden. The queue is locked during this call, so all other work on the device
/// would be blocked too. With MAILBOX nothing blocks: the newest image replaces the image that
/// waits to be shown. Show::keep_pace() then limits the rate of drawing.
void Swapchain::choose_present_mode() {
  std::uint32_t count = 0;
  LIVE_VK(vkGetPhysicalDeviceSurfacePresentModesKHR(graphics_.physical_device(), surface_.get(),
                                                    &count, nullptr));
  std::vector<VkPresentModeKHR> modes(count);
  LIVE_VK(vkGetPhysicalDeviceSurfacePresentModesKHR(graphics_.physical_device(), surface_.get(),
                                                    &count, modes.data()));
  const bool has_mailbox = std::ranges::find(modes, VK_PRESENT_MODE_MAILBOX_KHR) != modes.end();
  // Every device has FIFO.
  present_mode_ = has_mailbox ? VK_PRESENT_MODE_MAILBOX_KHR : VK_PRESENT_MODE_FIFO_KHR;
}

bool Swapchain::has_blue_first() const { return format_.format == VK_FORMAT_B8G8R8A8_UNORM; }

void Swapchain::make_render_pass() {
  VkAttachmentDescription attachment{};
  attachment.format = format_.format;
  attachment.samples = VK_SAMPLE_COUNT_1_BIT;
  attachment.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
  attachment.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
  attachment.stencilLoadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;
  attachment.stencilStoreOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
  attachment.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
  attachment.finalLayout = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR;
  const VkAttachmentReference colour{0, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
  VkSubpassDescription subpass{};
  subpass.pipelineBindPoint = VK_PIPELINE_BIND_POINT_GRAPHICS;
  subpass.colorAttachmentCount = 1;
  subpass.pColorAttachments = &colour;
  // The submission waits in this stage for the semaphore that says that the image is free.
  std::array<VkSubpassDependency, 2> dependencies{};
  dependencies[0].srcSubpass = VK_SUBPASS_EXTERNAL;
  dependencies[0].srcStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  dependencies[0].dstStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  dependencies[0].dstAccessMask = VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
  // A screenshot copies the image afterwards.
  dependencies[1].dstSubpass = VK_SUBPASS_EXTERNAL;
  dependencies[1].srcStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  dependencies[1].srcAccessMask = VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
  dependencies[1].dstStageMask = VK_PIPELINE_STAGE_TRANSFER_BIT;
  dependencies[1].dstAccessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
  VkRenderPassCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_RENDER_PASS_CREATE_INFO;
  info.attachmentCount = 1;
  info.pAttachments = &attachment;
  info.subpassCount = 1;
  info.pSubpasses = &subpass;
  info.dependencyCount = static_cast<std::uint32_t>(dependencies.size());
  info.pDependencies = dependencies.data();
  VkRenderPass render_pass = VK_NULL_HANDLE;
  LIVE_VK(vkCreateRenderPass(graphics_.device(), &info, nullptr, &render_pass));
  render_pass_ = {graphics_.device(), render_pass};
}

void Swapchain::release_images() {
  if (entries_.empty()) return;
  graphics_.wait_idle();
  entries_.clear();
}

bool Swapchain::make_images() {
  const VkDevice device = graphics_.device();
  is_stale_ = true;  // until there are new ones
  release_images();
  if (is_surface_lost_) {
    swapchain_ = {};
    surface_ = {};
    make_surface();
    is_surface_lost_ = false;
  }
  VkSurfaceCapabilitiesKHR surface{};
  const VkResult asked = vkGetPhysicalDeviceSurfaceCapabilitiesKHR(graphics_.physical_device(),
                                                                   surface_.get(), &surface);
  if (!note(asked, "vkGetPhysicalDeviceSurfaceCapabilitiesKHR")) return false;
  made_for_ = {window_.width(), window_.height()};
  constexpr std::uint32_t kWindowDecides = 0xFFFFFFFF;
  extent_ = surface.currentExtent;
  if (extent_.width == kWindowDecides) {
    extent_ = {
        std::clamp(window_.width(), surface.minImageExtent.width, surface.maxImageExtent.width),
        std::clamp(window_.height(), surface.minImageExtent.height, surface.maxImageExtent.height)};
  }
  if (extent_.width == 0 || extent_.height == 0) return false;

  can_copy_ = (surface.supportedUsageFlags & VK_IMAGE_USAGE_TRANSFER_SRC_BIT) != 0;
  VkSwapchainCreateInfoKHR info{};
  info.sType = VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR;
  info.surface = surface_.get();
  // One on the screen, one waiting, one to draw to. MAILBOX needs one more to never wait.
  info.minImageCount = std::max(keeps_pace() ? 3U : 4U, surface.minImageCount);
  if (surface.maxImageCount > 0)
    info.minImageCount = std::min(info.minImageCount, surface.maxImageCount);
  info.imageFormat = format_.format;
  info.imageColorSpace = format_.colorSpace;
  info.imageExtent = extent_;
  info.imageArrayLayers = 1;
  info.imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
  if (can_copy_) info.imageUsage |= VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
  info.imageSharingMode = VK_SHARING_MODE_EXCLUSIVE;
  info.preTransform = surface.currentTransform;
  info.compositeAlpha = (surface.supportedCompositeAlpha & VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR) != 0
                            ? VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR
                            : VK_COMPOSITE_ALPHA_INHERIT_BIT_KHR;
  info.presentMode = present_mode_;
  info.clipped = VK_TRUE;
  info.oldSwapchain = swapchain_.get();
  VkSwapchainKHR swapchain = VK_NULL_HANDLE;
  const VkResult made = vkCreateSwapchainKHR(device, &info, nullptr, &swapchain);
  swapchain_ = {};
  if (!note(made, "vkCreateSwapchainKHR")) return false;
  swapchain_ = {device, swapchain};

  std::uint32_t count = 0;
  LIVE_VK(vkGetSwapchainImagesKHR(device, swapchain, &count, nullptr));
  std::vector<VkImage> images(count);
  LIVE_VK(vkGetSwapchainImagesKHR(device, swapchain, &count, images.data()));
  for (const VkImage image : images) {
    VkImageViewCreateInfo view_info{};
    view_info.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
    view_info.image = image;
    view_info.viewType = VK_IMAGE_VIEW_TYPE_2D;
    view_info.format = format_.format;
    view_info.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    VkImageView view = VK_NULL_HANDLE;
    LIVE_VK(vkCreateImageView(device, &view_info, nullptr, &view));
    OwnedImageView owned_view(device, view);
    VkFramebufferCreateInfo framebuffer_info{};
    framebuffer_info.sType = VK_STRUCTURE_TYPE_FRAMEBUFFER_CREATE_INFO;
    framebuffer_info.renderPass = render_pass_.get();
    framebuffer_info.attachmentCount = 1;
    framebuffer_info.pAttachments = &view;
    framebuffer_info.width = extent_.width;
    framebuffer_info.height = extent_.height;
    framebuffer_info.layers = 1;
    VkFramebuffer framebuffer = VK_NULL_HANDLE;
    LIVE_VK(vkCreateFramebuffer(device, &framebuffer_info, nullptr, &framebuffer));
    entries_.push_back({image, std::move(owned_view), OwnedFramebuffer(device, framebuffer),
                        make_semaphore(device)});
  }
  is_stale_ = false;
  return true;
}

/// Whether the Vulkan function `call`, which returned `result`, succeeded. Returns false if the
/// call timed out. Also returns false if `result` says that the images or the surface are lost;
/// acquire() will then recreate what was lost. Throws gfnet::VulkanError for any other error.
bool Swapchain::note(VkResult result, const char* call) {
  const bool is_surface_lost =
      result == VK_ERROR_SURFACE_LOST_KHR || result == VK_ERROR_NATIVE_WINDOW_IN_USE_KHR;
  const bool is_lost = is_surface_lost || result == VK_ERROR_OUT_OF_DATE_KHR;
  is_surface_lost_ = is_surface_lost_ || is_surface_lost;
  is_stale_ = is_stale_ || is_lost || result == VK_SUBOPTIMAL_KHR;
  if (result == VK_SUCCESS || result == VK_SUBOPTIMAL_KHR) return true;
  if (is_lost || result == VK_TIMEOUT || result == VK_NOT_READY) return false;
  check_vulkan(result, call);
  return false;
}

std::optional<Swapchain::Image> Swapchain::acquire(VkSemaphore free) {
  const bool has_other_size =
      made_for_.width != window_.width() || made_for_.height != window_.height();
  if ((is_stale_ || is_surface_lost_ || has_other_size) && !make_images()) return std::nullopt;
  std::uint32_t index = 0;
  const VkResult result = vkAcquireNextImageKHR(graphics_.device(), swapchain_.get(),
                                                kAcquireNanoseconds, free, VK_NULL_HANDLE, &index);
  if (!note(result, "vkAcquireNextImageKHR")) return std::nullopt;
  const Entry& entry = entries_.at(index);
  return Image{index, entry.image, entry.framebuffer.get(), entry.drawn.get()};
}

void Swapchain::present(const Image& image) {
  const VkSwapchainKHR swapchain = swapchain_.get();
  VkPresentInfoKHR info{};
  info.sType = VK_STRUCTURE_TYPE_PRESENT_INFO_KHR;
  info.waitSemaphoreCount = 1;
  info.pWaitSemaphores = &image.drawn;
  info.swapchainCount = 1;
  info.pSwapchains = &swapchain;
  info.pImageIndices = &image.index;
  VkResult result = VK_SUCCESS;
  {
    const std::lock_guard lock(graphics_.shared().queue_mutex());
    result = vkQueuePresentKHR(graphics_.shared().queue(), &info);
  }
  note(result, "vkQueuePresentKHR");
}

}  // namespace live
