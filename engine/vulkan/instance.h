#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vulkan/device_info.h"
#include "vulkan/functions.h"

namespace gfnet::vulkan {

/// The Vulkan instance: loader, list of devices and, on request, the validation layer.
/// An Instance must outlive every Device made from it. Not movable, because Devices refer to it.
class Instance {
 public:
  /// Vulkan version of the instances that the engine makes. Their devices use features of later
  /// versions only through extensions.
  static constexpr std::uint32_t kApiVersion = VK_API_VERSION_1_1;

  struct Options {
    /// Enables the Khronos validation layer with synchronisation validation. The environment
    /// variable GFNET_VALIDATION=1 enables the layer, too.
    bool validation = false;
    /// Instance extensions for a program that shares the instance, for example to present images.
    std::vector<std::string> extensions;
    /// If set, only devices that have a queue for both drawing and compute are listed, and a Device
    /// uses that queue.
    bool graphics = false;
  };

  /// Throws NoDeviceError if there is no Vulkan loader or no driver. Throws UnsupportedError if
  /// validation was requested but the validation layer is not installed, or if the loader or driver
  /// lacks one of Options::extensions. Throws VulkanError.
  Instance() : Instance(Options{}) {}
  explicit Instance(const Options& options);
  /// Uses an instance that somebody else made and will destroy. devices() is empty, and there are
  /// no messages of the validation layer. get: the vkGetInstanceProcAddr of the loader that made
  /// the instance. Throws UnsupportedError if the instance is older than Vulkan 1.1.
  Instance(VkInstance adopted, PFN_vkGetInstanceProcAddr get);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// Devices with Vulkan 1.1 and a compute queue, in the loader's order. May be empty.
  const std::vector<DeviceInfo>& devices() const { return devices_; }
  /// The other devices, each with the reason why it is not listed: "Adreno (TM) 610 (Vulkan
  /// 1.0.131; the engine needs 1.1)".
  const std::vector<std::string>& unusable() const { return unusable_; }

  bool validation() const { return messenger_.has_value(); }
  /// Warnings and errors of the validation layer since the Instance was made, or since the last
  /// call of take_validation_messages(), which also removes the messages. Thread-safe.
  std::vector<std::string> validation_messages() const;
  std::vector<std::string> take_validation_messages();
  /// Adds messages of another process that worked for this one.
  void add_validation_messages(const std::vector<std::string>& texts);

  /// Makes the destructor leave the Vulkan instance alone: a device of it hangs.
  void leak() const { is_leaked_ = true; }

  VkInstance handle() const { return vk_->instance; }
  const InstanceFunctions& vk() const { return *vk_; }
  VkPhysicalDevice physical_device(const DeviceInfo& info) const;

 private:
  struct Messages;
  static VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                                   VkDebugUtilsMessageTypeFlagsEXT types,
                                                   const VkDebugUtilsMessengerCallbackDataEXT* data,
                                                   void* user);
  void find_devices(bool graphics);

  struct DestroyInstance {
    void operator()(VkInstance instance) const { destroy(instance, nullptr); }
    PFN_vkDestroyInstance destroy;
  };
  struct Messenger {
    Messenger(const InstanceFunctions& functions, VkDebugUtilsMessengerEXT made)
        : vk(functions), messenger(made) {}
    ~Messenger();
    const InstanceFunctions& vk;
    VkDebugUtilsMessengerEXT messenger;
  };

  // In this order: the messenger is destroyed before the instance, and the instance's last messages
  // still find a place.
  std::unique_ptr<Messages> messages_;
  /// Empty for an adopted instance.
  std::unique_ptr<VkInstance_T, DestroyInstance> owner_;
  std::optional<InstanceFunctions> vk_;
  std::optional<Messenger> messenger_;
  std::vector<VkPhysicalDevice> physical_devices_;
  std::vector<DeviceInfo> devices_;
  std::vector<std::string> unusable_;
  mutable std::atomic<bool> is_leaked_ = false;
};

}  // namespace gfnet::vulkan
