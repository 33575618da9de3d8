#pragma once

#include <volk.h>

#include <utility>

namespace live {

/// If `result` is an error, throws gfnet::VulkanError. call: text of the Vulkan call, for the error
/// message.
void check_vulkan(VkResult result, const char* call);

/// Owns one Vulkan object: the destructor destroys that object. Parent: VkDevice or VkInstance,
/// depending on which of the two the object is made from. Destroy: address of volk's pointer to the
/// Vulkan function that destroys the object.
template <typename Object, auto Destroy, typename Parent = VkDevice>
class Owned {
 public:
  Owned() = default;
  Owned(Parent parent, Object object) : parent_(parent), object_(object) {}
  Owned(Owned&& other) noexcept
      : parent_(other.parent_), object_(std::exchange(other.object_, VK_NULL_HANDLE)) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(parent_, other.parent_);
    std::swap(object_, other.object_);
    other.reset();
    return *this;
  }
  ~Owned() { reset(); }

  Object get() const { return object_; }
  explicit operator bool() const { return object_ != VK_NULL_HANDLE; }

 private:
  void reset() {
    if (object_ != VK_NULL_HANDLE) (*Destroy)(parent_, object_, nullptr);
    object_ = VK_NULL_HANDLE;
  }

  Parent parent_ = VK_NULL_HANDLE;
  Object object_ = VK_NULL_HANDLE;
};

using OwnedBuffer = Owned<VkBuffer, &vkDestroyBuffer>;
using OwnedMemory = Owned<VkDeviceMemory, &vkFreeMemory>;
using OwnedImage = Owned<VkImage, &vkDestroyImage>;
using OwnedImageView = Owned<VkImageView, &vkDestroyImageView>;
using OwnedSampler = Owned<VkSampler, &vkDestroySampler>;
using OwnedFramebuffer = Owned<VkFramebuffer, &vkDestroyFramebuffer>;
using OwnedRenderPass = Owned<VkRenderPass, &vkDestroyRenderPass>;
using OwnedSetLayout = Owned<VkDescriptorSetLayout, &vkDestroyDescriptorSetLayout>;
using OwnedDescriptorPool = Owned<VkDescriptorPool, &vkDestroyDescriptorPool>;
using OwnedPipelineLayout = Owned<VkPipelineLayout, &vkDestroyPipelineLayout>;
using OwnedPipeline = Owned<VkPipeline, &vkDestroyPipeline>;
using OwnedShader = Owned<VkShaderModule, &vkDestroyShaderModule>;
using OwnedCommandPool = Owned<VkCommandPool, &vkDestroyCommandPool>;
using OwnedFence = Owned<VkFence, &vkDestroyFence>;
using OwnedSemaphore = Owned<VkSemaphore, &vkDestroySemaphore>;
using OwnedSurface = Owned<VkSurfaceKHR, &vkDestroySurfaceKHR, VkInstance>;
using OwnedSwapchain = Owned<VkSwapchainKHR, &vkDestroySwapchainKHR>;

}  // namespace live

/// Makes a Vulkan call. If the call fails, throws gfnet::VulkanError with the call's text.
#define LIVE_VK(call) ::live::check_vulkan((call), #call)
