#include "display/texture.h"

#include <algorithm>
#include <bit>

namespace live {
namespace {

constexpr VkFormat kFormat = VK_FORMAT_R8G8B8A8_UNORM;

VkImageSubresourceRange levels(std::uint32_t first, std::uint32_t count) {
  return {VK_IMAGE_ASPECT_COLOR_BIT, first, count, 0, 1};
}

struct Transition {
  VkImageLayout from;
  VkImageLayout to;
  VkPipelineStageFlags from_stage;
  VkPipelineStageFlags to_stage;
  VkAccessFlags from_access;
  VkAccessFlags to_access;
};

constexpr Transition kToFill{VK_IMAGE_LAYOUT_UNDEFINED,
                             VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                             VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT,
                             VK_PIPELINE_STAGE_TRANSFER_BIT,
                             0,
                             VK_ACCESS_TRANSFER_WRITE_BIT};
constexpr Transition kToShrink{
    VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
    VK_PIPELINE_STAGE_TRANSFER_BIT,       VK_PIPELINE_STAGE_TRANSFER_BIT,
    VK_ACCESS_TRANSFER_WRITE_BIT,         VK_ACCESS_TRANSFER_READ_BIT};
constexpr Transition kFilledToSample{
    VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
    VK_PIPELINE_STAGE_TRANSFER_BIT,       VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT,
    VK_ACCESS_TRANSFER_WRITE_BIT,         VK_ACCESS_SHADER_READ_BIT};
constexpr Transition kShrunkToSample{VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                                     VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                                     VK_PIPELINE_STAGE_TRANSFER_BIT,
                                     VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT,
                                     0,
                                     VK_ACCESS_SHADER_READ_BIT};

void record(VkCommandBuffer commands, VkImage image, const Transition& transition,
            const VkImageSubresourceRange& range) {
  if (range.levelCount == 0) return;
  VkImageMemoryBarrier barrier{};
  barrier.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER;
  barrier.srcAccessMask = transition.from_access;
  barrier.dstAccessMask = transition.to_access;
  barrier.oldLayout = transition.from;
  barrier.newLayout = transition.to;
  barrier.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  barrier.image = image;
  barrier.subresourceRange = range;
  vkCmdPipelineBarrier(commands, transition.from_stage, transition.to_stage, 0, 0, nullptr, 0,
                       nullptr, 1, &barrier);
}

VkOffset3D corner(std::uint32_t width, std::uint32_t height, std::uint32_t level) {
  return {static_cast<std::int32_t>(std::max(1U, width >> level)),
          static_cast<std::int32_t>(std::max(1U, height >> level)), 1};
}

}  // namespace

Texture::Texture(const Graphics& graphics, VkDescriptorSet set, std::uint32_t width,
                 std::uint32_t height)
    : width_(width),
      height_(height),
      levels_(static_cast<std::uint32_t>(std::bit_width(std::max(width, height)))) {
  const VkDevice device = graphics.device();
  VkImageCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
  info.imageType = VK_IMAGE_TYPE_2D;
  info.format = kFormat;
  info.extent = {width, height, 1};
  info.mipLevels = levels_;
  info.arrayLayers = 1;
  info.samples = VK_SAMPLE_COUNT_1_BIT;
  info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
               VK_IMAGE_USAGE_TRANSFER_DST_BIT;
  VkImage image = VK_NULL_HANDLE;
  LIVE_VK(vkCreateImage(device, &info, nullptr, &image));
  image_ = {device, image};
  VkMemoryRequirements requirements{};
  vkGetImageMemoryRequirements(device, image, &requirements);
  memory_ = graphics.allocate(requirements, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
  LIVE_VK(vkBindImageMemory(device, image, memory_.get(), 0));
  VkImageViewCreateInfo view_info{};
  view_info.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
  view_info.image = image;
  view_info.viewType = VK_IMAGE_VIEW_TYPE_2D;
  view_info.format = kFormat;
  view_info.subresourceRange = levels(0, levels_);
  VkImageView view = VK_NULL_HANDLE;
  LIVE_VK(vkCreateImageView(device, &view_info, nullptr, &view));
  view_ = {device, view};
  graphics.set_texture(set, view);
}

void Texture::record_fill(VkCommandBuffer commands, VkBuffer pixels, std::uint32_t smaller) {
  const VkImage image = image_.get();
  smaller = std::min(smaller, most_smaller());
  // The pixels are written already. This makes the writes visible to the copy.
  VkMemoryBarrier written{};
  written.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
  written.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_HOST_WRITE_BIT;
  written.dstAccessMask = VK_ACCESS_TRANSFER_READ_BIT;
  vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_HOST_BIT,
                       VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1, &written, 0, nullptr, 0, nullptr);
  record(commands, image, kToFill, levels(0, levels_));
  VkBufferImageCopy region{};
  region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
  region.imageExtent = {width_, height_, 1};
  vkCmdCopyBufferToImage(commands, pixels, image, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &region);
  for (std::uint32_t level = 1; level <= smaller; ++level) record_smaller(commands, level);
  record(commands, image, kShrunkToSample, levels(0, smaller));
  record(commands, image, kFilledToSample, levels(smaller, levels_ - smaller));
}

void Texture::record_smaller(VkCommandBuffer commands, std::uint32_t level) {
  const VkImage image = image_.get();
  record(commands, image, kToShrink, levels(level - 1, 1));
  VkImageBlit blit{};
  blit.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, level - 1, 0, 1};
  blit.srcOffsets[1] = corner(width_, height_, level - 1);
  blit.dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, level, 0, 1};
  blit.dstOffsets[1] = corner(width_, height_, level);
  vkCmdBlitImage(commands, image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, image,
                 VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &blit, VK_FILTER_LINEAR);
}

}  // namespace live
