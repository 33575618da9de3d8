#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vulkan/device_info.h"
#include "vulkan/vk.h"

namespace gfnet::vulkan {

/// The Vulkan instance: loader, driver list and, on request, the validation layer.
/// Outlives every Device made from it. Not movable: devices refer to it.
class Instance {
 public:
  struct Options {
    /// Khronos validation layer with synchronisation validation; GFNET_VALIDATION=1 asks for it
    /// too.
    bool validation = false;
    /// Instance extensions that a program sharing the instance needs (to present, say).
    std::vector<std::string> extensions;
    /// Devices' queues can draw as well as compute; others than such devices are not listed.
    bool graphics = false;
  };

  /// Throws NoDeviceError if there is no Vulkan loader or no driver, UnsupportedError if validation
  /// is asked for and the layer is not installed, or if an extension is missing.
  Instance() : Instance(Options{}) {}
  explicit Instance(const Options& options);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// Devices with Vulkan 1.1 and a compute queue, in the loader's order. May be empty.
  const std::vector<DeviceInfo>& devices() const { return devices_; }

  bool validation() const { return messenger_ != VK_NULL_HANDLE; }
  /// Warnings and errors of the validation layer since the start, or since they were last taken.
  /// Thread-safe.
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
