#pragma once

#include <utility>

#include "vulkan/object_count.h"
#include "vulkan/vk.h"

namespace gfnet::vulkan {

/// Owns one Vulkan object created from a device. Destroyer: a stateless callable (device, object)
/// that destroys it.
template <typename Object, typename Destroyer>
class Handle {
 public:
  Handle() = default;
  Handle(VkDevice device, Object object) : device_(device), object_(object) {
    ++object_counters.objects;
  }
  Handle(Handle&& other) noexcept
      : device_(other.device_), object_(std::exchange(other.object_, VK_NULL_HANDLE)) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      device_ = other.device_;
      object_ = std::exchange(other.object_, VK_NULL_HANDLE);
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { reset(); }

  Object get() const { return object_; }
  VkDevice device() const { return device_; }
  explicit operator bool() const { return object_ != VK_NULL_HANDLE; }

 private:
  void reset() {
    if (object_ != VK_NULL_HANDLE) Destroyer{}(device_, object_);
    object_ = VK_NULL_HANDLE;
  }

  VkDevice device_ = VK_NULL_HANDLE;
  Object object_ = VK_NULL_HANDLE;
};

struct DestroyBuffer {
  void operator()(VkDevice d, VkBuffer o) const { vkDestroyBuffer(d, o, nullptr); }
};
struct DestroyBufferView {
  void operator()(VkDevice d, VkBufferView o) const { vkDestroyBufferView(d, o, nullptr); }
};
struct FreeMemory {
  void operator()(VkDevice d, VkDeviceMemory o) const { vkFreeMemory(d, o, nullptr); }
};
struct DestroyShaderModule {
  void operator()(VkDevice d, VkShaderModule o) const { vkDestroyShaderModule(d, o, nullptr); }
};
struct DestroySetLayout {
  void operator()(VkDevice d, VkDescriptorSetLayout o) const {
    vkDestroyDescriptorSetLayout(d, o, nullptr);
  }
};
struct DestroyPipelineLayout {
  void operator()(VkDevice d, VkPipelineLayout o) const { vkDestroyPipelineLayout(d, o, nullptr); }
};
struct DestroyPipeline {
  void operator()(VkDevice d, VkPipeline o) const { vkDestroyPipeline(d, o, nullptr); }
};
struct DestroyPipelineCache {
  void operator()(VkDevice d, VkPipelineCache o) const { vkDestroyPipelineCache(d, o, nullptr); }
};
struct DestroyDescriptorPool {
  void operator()(VkDevice d, VkDescriptorPool o) const { vkDestroyDescriptorPool(d, o, nullptr); }
};
struct DestroyCommandPool {
  void operator()(VkDevice d, VkCommandPool o) const { vkDestroyCommandPool(d, o, nullptr); }
};
struct DestroyFence {
  void operator()(VkDevice d, VkFence o) const { vkDestroyFence(d, o, nullptr); }
};
struct DestroyQueryPool {
  void operator()(VkDevice d, VkQueryPool o) const { vkDestroyQueryPool(d, o, nullptr); }
};

}  // namespace gfnet::vulkan
