#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vulkan/device_info.h"
#include "vulkan/vk.h"

namespace gfnet::vulkan {

/// The Vulkan instance: loader, list of devices and, on request, the validation layer.
/// Must outlive every Device made from it. Not movable: devices refer to it.
class Instance {
 public:
  struct Options {
    /// Enables the Khronos validation layer with synchronisation validation. The environment
    /// variable GFNET_VALIDATION=1 enables it, too.
    bool validation = false;
    /// Instance extensions for a program that shares the instance, for example to present images.
    std::vector<std::string> extensions;
    /// Lists only devices that have a queue for both drawing and compute. Devices then use that
    /// queue.
    bool graphics = false;
  };

  /// Throws NoDeviceError if there is no Vulkan loader or no driver. Throws UnsupportedError if
  /// validation was requested but its layer is not installed, or if an extension is missing. Throws
  /// VulkanError.
  Instance() : Instance(Options{}) {}
  explicit Instance(const Options& options);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// Devices with Vulkan 1.1 and a compute queue, in the loader's order. May be empty.
  const std::vector<DeviceInfo>& devices() const { return devices_; }

  bool validation() const { return messenger_ != VK_NULL_HANDLE; }
  /// Warnings and errors of the validation layer since the start, or since
  /// take_validation_messages() last removed them. Thread-safe.
  std::vector<std::string> validation_messages() const;
  std::vector<std::string> take_validation_messages();

  VkInstance handle() const { return instance_; }
  VkPhysicalDevice physical_device(const DeviceInfo& info) const;

 private:
  struct Messages;
  static VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                                   VkDebugUtilsMessageTypeFlagsEXT types,
                                                   const VkDebugUtilsMessengerCallbackDataEXT* data,
                                                   void* user);
  void find_devices(bool graphics);
  void destroy();

  VkInstance instance_ = VK_NULL_HANDLE;
  VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
  std::unique_ptr<Messages> messages_;
  std::vector<VkPhysicalDevice> physical_devices_;
  std::vector<DeviceInfo> devices_;
};

}  // namespace gfnet::vulkan
