#include "display/renderer.h"

#include <mutex>
#include <variant>

namespace live {
namespace {

constexpr VkClearValue kBackground{{{0.05F, 0.05F, 0.06F, 1.0F}}};

void record_barrier(VkCommandBuffer commands, VkImage image, VkImageLayout from, VkImageLayout to,
                    VkPipelineStageFlags from_stage, VkPipelineStageFlags to_stage,
                    VkAccessFlags from_access, VkAccessFlags to_access) {
  VkImageMemoryBarrier barrier{};
  barrier.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER;
  barrier.srcAccessMask = from_access;
  barrier.dstAccessMask = to_access;
  barrier.oldLayout = from;
  barrier.newLayout = to;
  barrier.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  barrier.image = image;
  barrier.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
  vkCmdPipelineBarrier(commands, from_stage, to_stage, 0, 0, nullptr, 0, nullptr, 1, &barrier);
}

}  // namespace

Renderer::Renderer(const gfnet::SharedDevice& device, const Window& window)
    : graphics_(device),
      swapchain_(graphics_, window),
      image_painter_(graphics_, swapchain_.render_pass()),
      view_texture_(graphics_),
      overlay_painter_(graphics_, swapchain_.render_pass()) {
  for (Slot& slot : slots_) {
    VkCommandPoolCreateInfo pool_info{};
    pool_info.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    pool_info.flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT;
    pool_info.queueFamilyIndex = device.queue_family();
    VkCommandPool pool = VK_NULL_HANDLE;
    LIVE_VK(vkCreateCommandPool(graphics_.device(), &pool_info, nullptr, &pool));
    slot.pool = {graphics_.device(), pool};
    VkCommandBufferAllocateInfo allocate{};
    allocate.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
    allocate.commandPool = pool;
    allocate.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
    allocate.commandBufferCount = 1;
    LIVE_VK(vkAllocateCommandBuffers(graphics_.device(), &allocate, &slot.commands));
    VkFenceCreateInfo fence_info{};
    fence_info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
    fence_info.flags = VK_FENCE_CREATE_SIGNALED_BIT;
    VkFence fence = VK_NULL_HANDLE;
    LIVE_VK(vkCreateFence(graphics_.device(), &fence_info, nullptr, &fence));
    slot.done = {graphics_.device(), fence};
    slot.free = make_semaphore(graphics_.device());
  }
}

Renderer::~Renderer() {
  const std::lock_guard lock(graphics_.shared().queue_mutex());
  vkDeviceWaitIdle(graphics_.device());
}

void Renderer::forget_glyphs() {
  graphics_.wait_idle();
  overlay_painter_.forget_glyphs();
}

bool Renderer::draw(const Scene& scene, WindowPixels* screenshot) {
  Slot& slot = slots_.at(next_);
  wait_for(slot);
  slot.frame.reset();
  slot.copy.reset();
  const std::optional<Swapchain::Image> image = swapchain_.acquire(slot.free.get());
  if (!image) return false;

  if (screenshot != nullptr && swapchain_.can_copy()) {
    const VkExtent2D extent = swapchain_.extent();
    slot.copy = graphics_.make_host_buffer(std::uint64_t{4} * extent.width * extent.height,
                                           VK_BUFFER_USAGE_TRANSFER_DST_BIT);
  }
  record(slot, *image, scene);
  submit(slot, *image);
  next_ = (next_ + 1) % kFramesInFlight;
  swapchain_.present(*image);
  if (slot.copy) {
    *screenshot = pixels_of(slot);
    slot.copy.reset();
  }
  return true;
}

void Renderer::wait_for(const Slot& slot) const {
  const VkFence done = slot.done.get();
  LIVE_VK(vkWaitForFences(graphics_.device(), 1, &done, VK_TRUE, UINT64_MAX));
}

WindowPixels Renderer::pixels_of(const Slot& slot) const {
  wait_for(slot);
  const VkExtent2D extent = swapchain_.extent();
  return {extent.width,
          extent.height,
          swapchain_.has_blue_first(),
          {slot.copy->mapped.begin(), slot.copy->mapped.end()}};
}

void Renderer::record(Slot& slot, const Swapchain::Image& image, const Scene& scene) {
  const VkExtent2D extent = swapchain_.extent();
  LIVE_VK(vkResetCommandPool(graphics_.device(), slot.pool.get(), 0));
  VkCommandBufferBeginInfo begin{};
  begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  LIVE_VK(vkBeginCommandBuffer(slot.commands, &begin));
  if (scene.frame) {
    slot.frame = scene.frame;
    image_painter_.prepare(slot.commands, *slot.frame, scene.area);
  }
  view_texture_.prepare(slot.commands, next_, scene.view);
  overlay_painter_.prepare(slot.commands);

  VkRenderPassBeginInfo pass{};
  pass.sType = VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO;
  pass.renderPass = swapchain_.render_pass();
  pass.framebuffer = image.framebuffer;
  pass.renderArea.extent = extent;
  pass.clearValueCount = 1;
  pass.pClearValues = &kBackground;
  vkCmdBeginRenderPass(slot.commands, &pass, VK_SUBPASS_CONTENTS_INLINE);
  const VkViewport viewport{
      0, 0, static_cast<float>(extent.width), static_cast<float>(extent.height), 0, 1};
  const VkRect2D everything{{0, 0}, extent};
  vkCmdSetViewport(slot.commands, 0, 1, &viewport);
  vkCmdSetScissor(slot.commands, 0, 1, &everything);
  const HeatView* const heat = scene.view && slot.frame && may_cover(*scene.view, *slot.frame)
                                   ? std::get_if<HeatView>(&scene.view->content)
                                   : nullptr;
  image_painter_.paint(slot.commands, extent,
                       {scene.area, scene.mirrored, heat, view_texture_.set()});
  overlay_painter_.paint(slot.commands, next_, *scene.overlay, extent, view_texture_.set());
  vkCmdEndRenderPass(slot.commands);
  if (slot.copy) record_copy(slot.commands, image.image, *slot.copy);
  LIVE_VK(vkEndCommandBuffer(slot.commands));
}

void Renderer::record_copy(VkCommandBuffer commands, VkImage image, const HostBuffer& target) {
  record_barrier(commands, image, VK_IMAGE_LAYOUT_PRESENT_SRC_KHR,
                 VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, VK_PIPELINE_STAGE_TRANSFER_BIT,
                 VK_PIPELINE_STAGE_TRANSFER_BIT, 0, VK_ACCESS_TRANSFER_READ_BIT);
  VkBufferImageCopy region{};
  region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
  region.imageExtent = {swapchain_.extent().width, swapchain_.extent().height, 1};
  vkCmdCopyImageToBuffer(commands, image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, target.buffer.get(),
                         1, &region);
  record_barrier(commands, image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                 VK_IMAGE_LAYOUT_PRESENT_SRC_KHR, VK_PIPELINE_STAGE_TRANSFER_BIT,
                 VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, 0, 0);
  VkMemoryBarrier to_host{};
  to_host.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
  to_host.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
  to_host.dstAccessMask = VK_ACCESS_HOST_READ_BIT;
  vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1,
                       &to_host, 0, nullptr, 0, nullptr);
}

void Renderer::submit(const Slot& slot, const Swapchain::Image& image) {
  const VkFence done = slot.done.get();
  LIVE_VK(vkResetFences(graphics_.device(), 1, &done));
  const VkSemaphore free = slot.free.get();
  const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  VkSubmitInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  info.waitSemaphoreCount = 1;
  info.pWaitSemaphores = &free;
  info.pWaitDstStageMask = &stage;
  info.commandBufferCount = 1;
  info.pCommandBuffers = &slot.commands;
  info.signalSemaphoreCount = 1;
  info.pSignalSemaphores = &image.drawn;
  const std::lock_guard lock(graphics_.shared().queue_mutex());
  LIVE_VK(vkQueueSubmit(graphics_.shared().queue(), 1, &info, done));
}

}  // namespace live
