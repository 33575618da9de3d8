#include "vulkan/instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>

#include "base/log.h"
#include "gfnet/error.h"
#include "system/variables.h"
#include "system/vulkan_places.h"
#include "vulkan/driver_files.h"
#include "vulkan/query/query_device.h"

namespace gfnet::vulkan {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

bool environment_asks_for_validation() {
  const std::string value = system::variable("GFNET_VALIDATION").value_or("");
  return !value.empty() && value != "0";
}

/// Throws the error of a call of the loader, if it has failed. If a driver file is broken, the
/// error names it: loaders report that as if memory had run out.
void check_loader(VkResult result, const char* call) {
  if (result < 0) {
    const std::string faults = driver_file_faults();
    if (!faults.empty()) {
      throw NoDeviceError(fmt::format("{} failed: {}; {}", call, result_name(result), faults));
    }
  }
  check(result, call);
}

/// Those functions of a Vulkan loader that can be called without an instance.
struct LoaderFunctions {
  /// Throws NoDeviceError if there is no loader, or if the loader is older than Vulkan 1.1.
  LoaderFunctions() : get(system_loader()) {
    check_driver_files();
    if (get == nullptr) {
      throw NoDeviceError("no Vulkan loader on this system; " + system::vulkan_driver_advice());
    }
    load(enumerate_version, "vkEnumerateInstanceVersion");
    load(enumerate_layers, "vkEnumerateInstanceLayerProperties");
    load(enumerate_extensions, "vkEnumerateInstanceExtensionProperties");
    load(create_instance, "vkCreateInstance");
    std::uint32_t version = VK_API_VERSION_1_0;  // its loader has no vkEnumerateInstanceVersion
    if (enumerate_version != nullptr) enumerate_version(&version);
    if (version < VK_API_VERSION_1_1) {
      throw NoDeviceError("the Vulkan loader on this system is older than 1.1");
    }
  }

  bool has_layer(const char* name) const {
    std::uint32_t count = 0;
    check_loader(enumerate_layers(&count, nullptr), "vkEnumerateInstanceLayerProperties");
    std::vector<VkLayerProperties> layers(count);
    check_loader(enumerate_layers(&count, layers.data()), "vkEnumerateInstanceLayerProperties");
    return std::any_of(layers.begin(), layers.begin() + count, [&](const VkLayerProperties& layer) {
      return std::strcmp(layer.layerName, name) == 0;
    });
  }

  bool has_extension(const char* name) const {
    std::uint32_t count = 0;
    check_loader(enumerate_extensions(nullptr, &count, nullptr),
                 "vkEnumerateInstanceExtensionProperties");
    std::vector<VkExtensionProperties> extensions(count);
    check_loader(enumerate_extensions(nullptr, &count, extensions.data()),
                 "vkEnumerateInstanceExtensionProperties");
    return std::any_of(extensions.begin(), extensions.begin() + count,
                       [&](const VkExtensionProperties& extension) {
                         return std::strcmp(extension.extensionName, name) == 0;
                       });
  }

  PFN_vkGetInstanceProcAddr get;
  PFN_vkEnumerateInstanceVersion enumerate_version = nullptr;
  PFN_vkEnumerateInstanceLayerProperties enumerate_layers = nullptr;
  PFN_vkEnumerateInstanceExtensionProperties enumerate_extensions = nullptr;
  PFN_vkCreateInstance create_instance = nullptr;

 private:
  template <typename Function>
  void load(Function& function, const char* name) {
    function = reinterpret_cast<Function>(get(VK_NULL_HANDLE, name));
  }
};

}  // namespace

struct Instance::Messages {
  std::mutex mutex;
  std::vector<std::string> texts;
};

VKAPI_ATTR VkBool32 VKAPI_CALL
Instance::on_message(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT types,
                     const VkDebugUtilsMessengerCallbackDataEXT* data, void* user) {
  // Skips messages of the loader, for example about drivers it could not open: they do not concern
  // the engine's calls.
  if ((types & VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT) == 0) return VK_FALSE;
  Messages& messages = *static_cast<Messages*>(user);
  try {
    const std::lock_guard lock(messages.mutex);
    messages.texts.emplace_back(data->pMessage != nullptr ? data->pMessage : "");
  } catch (...) {
    // Exceptions must not pass through the driver. A message is lost only if memory has run out.
  }
  return VK_FALSE;
}

Instance::Instance(VkInstance adopted, PFN_vkGetInstanceProcAddr get)
    : messages_(std::make_unique<Messages>()), vk_(std::in_place, adopted, get) {}

Instance::Instance(const Options& options) : messages_(std::make_unique<Messages>()) {
  const LoaderFunctions loader;
  const bool validate = options.validation || environment_asks_for_validation();

  std::vector<const char*> layers;
  std::vector<const char*> extensions;
  VkInstanceCreateFlags flags = 0;
  if (validate) {
    if (!loader.has_layer(kValidationLayer)) {
      throw UnsupportedError("Vulkan validation was requested, but its layer is not installed; " +
                             system::validation_layer_advice());
    }
    layers.push_back(kValidationLayer);
    extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    extensions.push_back(VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME);
  }
  for (const std::string& name : options.extensions) {
    if (!loader.has_extension(name.c_str())) {
      throw UnsupportedError("the Vulkan extension " + name, "this system's Vulkan loader");
    }
    extensions.push_back(name.c_str());
  }
#ifdef VK_KHR_portability_enumeration
  if (loader.has_extension(VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME)) {
    extensions.push_back(VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME);
    flags |= VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR;
  }
#endif

  VkDebugUtilsMessengerCreateInfoEXT messenger{};
  messenger.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT;
  messenger.messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                              VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
  messenger.messageType =
      VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
  messenger.pfnUserCallback = &Instance::on_message;
  messenger.pUserData = messages_.get();

  const VkValidationFeatureEnableEXT enabled[] = {
      VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
  VkValidationFeaturesEXT features{};
  features.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT;
  features.pNext = &messenger;  // so that vkCreateInstance itself is validated
  features.enabledValidationFeatureCount = 1;
  features.pEnabledValidationFeatures = enabled;

  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.pApplicationName = "gfnet";
  application.pEngineName = "gfnet";
  application.apiVersion = kApiVersion;
  VkInstanceCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  create.pNext = validate ? &features : nullptr;
  create.flags = flags;
  create.pApplicationInfo = &application;
  create.enabledLayerCount = static_cast<std::uint32_t>(layers.size());
  create.ppEnabledLayerNames = layers.data();
  create.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  create.ppEnabledExtensionNames = extensions.data();
  VkInstance instance = VK_NULL_HANDLE;
  const VkResult result = loader.create_instance(&create, nullptr, &instance);
  if (result == VK_ERROR_INCOMPATIBLE_DRIVER) {
    const std::string faults = driver_file_faults();
    throw NoDeviceError("the Vulkan loader found no driver; " + system::vulkan_driver_advice() +
                        (faults.empty() ? "" : "; " + faults));
  }
  check_loader(result, "vkCreateInstance");

  owner_ = {instance, DestroyInstance{reinterpret_cast<PFN_vkDestroyInstance>(
                          loader.get(instance, "vkDestroyInstance"))}};
  vk_.emplace(instance, loader.get);
  if (validate) {
    const auto create_messenger = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(
        loader.get(instance, "vkCreateDebugUtilsMessengerEXT"));
    VkDebugUtilsMessengerEXT made = VK_NULL_HANDLE;
    check(create_messenger(instance, &messenger, nullptr, &made), "vkCreateDebugUtilsMessengerEXT");
    messenger_.emplace(*vk_, made);
  }
  find_devices(options.graphics);
}

Instance::~Instance() {
  if (is_leaked_) static_cast<void>(owner_.release());
}

Instance::Messenger::~Messenger() {
  const auto destroy = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(
      vk.vkGetInstanceProcAddr(vk.instance, "vkDestroyDebugUtilsMessengerEXT"));
  destroy(vk.instance, messenger, nullptr);
}

void Instance::find_devices(bool graphics) {
  std::uint32_t count = 0;
  const VkResult result = vk_->vkEnumeratePhysicalDevices(vk_->instance, &count, nullptr);
  // Some loaders return these errors if there is no device; others return a count of 0.
  if (result == VK_ERROR_INITIALIZATION_FAILED || result == VK_ERROR_INCOMPATIBLE_DRIVER) return;
  check(result, "vkEnumeratePhysicalDevices(instance, &count, nullptr)");
  std::vector<VkPhysicalDevice> all(count);
  GFNET_VK(vk_->vkEnumeratePhysicalDevices(vk_->instance, &count, all.data()));
  all.resize(count);
  for (VkPhysicalDevice device : all) {
    std::optional<DeviceInfo> info = query_device(*vk_, device, graphics);
    if (!info) {
      unusable_.push_back(reason_against(*vk_, device));
      log(LogLevel::kInfo, "not usable: " + unusable_.back());
      continue;
    }
    // Unlisted devices are numbered too, so that an index does not depend on `graphics`.
    info->index = static_cast<std::uint32_t>(physical_devices_.size());
    physical_devices_.push_back(device);
    if (info->queue_draws || !graphics) devices_.push_back(std::move(*info));
  }
}

std::vector<std::string> Instance::validation_messages() const {
  const std::lock_guard lock(messages_->mutex);
  return messages_->texts;
}

std::vector<std::string> Instance::take_validation_messages() {
  const std::lock_guard lock(messages_->mutex);
  return std::exchange(messages_->texts, {});
}

void Instance::add_validation_messages(const std::vector<std::string>& texts) {
  const std::lock_guard lock(messages_->mutex);
  messages_->texts.insert(messages_->texts.end(), texts.begin(), texts.end());
}

VkPhysicalDevice Instance::physical_device(const DeviceInfo& info) const {
  return physical_devices_.at(info.index);
}

}  // namespace gfnet::vulkan
