#pragma once

#include <utility>

#include "vulkan/functions.h"
#include "vulkan/object_count.h"

namespace gfnet::vulkan {

/// Owns one Vulkan object that was created from a device. The device's functions must outlive the
/// Handle. If the device hangs, leaks the object instead of destroying it. Destroyer: a stateless
/// callable (functions, object) that destroys the object.
template <typename Object, typename Destroyer>
class Handle {
 public:
  Handle() = default;
  Handle(const DeviceFunctions& vk, Object object) : vk_(&vk), object_(object) {
    ++object_counters.objects;
  }
  Handle(Handle&& other) noexcept
      : vk_(other.vk_), object_(std::exchange(other.object_, VK_NULL_HANDLE)) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      vk_ = other.vk_;
      object_ = std::exchange(other.object_, VK_NULL_HANDLE);
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { reset(); }

  Object get() const { return object_; }
  /// Functions of the device that the object was created from. The handle must not be empty.
  const DeviceFunctions& vk() const { return *vk_; }
  explicit operator bool() const { return object_ != VK_NULL_HANDLE; }

 private:
  void reset() {
    if (object_ != VK_NULL_HANDLE && !*vk_->hangs) Destroyer{}(*vk_, object_);
    object_ = VK_NULL_HANDLE;
  }

  const DeviceFunctions* vk_ = nullptr;
  Object object_ = VK_NULL_HANDLE;
};

struct DestroyBuffer {
  void operator()(const DeviceFunctions& vk, VkBuffer o) const {
    vk.vkDestroyBuffer(vk.device, o, nullptr);
  }
};
struct DestroyBufferView {
  void operator()(const DeviceFunctions& vk, VkBufferView o) const {
    vk.vkDestroyBufferView(vk.device, o, nullptr);
  }
};
struct FreeMemory {
  void operator()(const DeviceFunctions& vk, VkDeviceMemory o) const {
    vk.vkFreeMemory(vk.device, o, nullptr);
  }
};
struct DestroyShaderModule {
  void operator()(const DeviceFunctions& vk, VkShaderModule o) const {
    vk.vkDestroyShaderModule(vk.device, o, nullptr);
  }
};
struct DestroySetLayout {
  void operator()(const DeviceFunctions& vk, VkDescriptorSetLayout o) const {
    vk.vkDestroyDescriptorSetLayout(vk.device, o, nullptr);
  }
};
struct DestroyPipelineLayout {
  void operator()(const DeviceFunctions& vk, VkPipelineLayout o) const {
    vk.vkDestroyPipelineLayout(vk.device, o, nullptr);
  }
};
struct DestroyPipeline {
  void operator()(const DeviceFunctions& vk, VkPipeline o) const {
    vk.vkDestroyPipeline(vk.device, o, nullptr);
  }
};
struct DestroyPipelineCache {
  void operator()(const DeviceFunctions& vk, VkPipelineCache o) const {
    vk.vkDestroyPipelineCache(vk.device, o, nullptr);
  }
};
struct DestroyDescriptorPool {
  void operator()(const DeviceFunctions& vk, VkDescriptorPool o) const {
    vk.vkDestroyDescriptorPool(vk.device, o, nullptr);
  }
};
struct DestroyCommandPool {
  void operator()(const DeviceFunctions& vk, VkCommandPool o) const {
    vk.vkDestroyCommandPool(vk.device, o, nullptr);
  }
};
struct DestroyFence {
  void operator()(const DeviceFunctions& vk, VkFence o) const {
    vk.vkDestroyFence(vk.device, o, nullptr);
  }
};
struct DestroyQueryPool {
  void operator()(const DeviceFunctions& vk, VkQueryPool o) const {
    vk.vkDestroyQueryPool(vk.device, o, nullptr);
  }
};

}  // namespace gfnet::vulkan
