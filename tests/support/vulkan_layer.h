#pragma once

#include <vulkan/vk_layer.h>
#include <vulkan/vulkan.h>

#include <string_view>

/// What every Vulkan layer of the tests needs: the functions of the next layer or of the driver,
/// and the functions by which the loader finds the layer's own. One file of a layer includes this
/// header.
namespace gfnet::test {

/// The loader's information about the next layer in a chain of structures; null if there is none.
template <typename Info>
Info* link_of(const void* chain, VkStructureType type) {
  for (auto* s = const_cast<Info*>(static_cast<const Info*>(chain)); s != nullptr;
       s = const_cast<Info*>(static_cast<const Info*>(s->pNext))) {
    if (s->sType == type && s->function == VK_LAYER_LINK_INFO) return s;
  }
  return nullptr;
}

/// The next layer's functions that find other functions. They must be asked when the instance or
/// the device is made: later the loader would give the layer's own functions.
struct NextLayer {
  PFN_vkGetInstanceProcAddr instance_function = nullptr;
  PFN_GetPhysicalDeviceProcAddr physical_device_function = nullptr;
  PFN_vkGetDeviceProcAddr device_function = nullptr;

  /// Makes the instance with the next layer.
  VkResult create_instance(const VkInstanceCreateInfo* info, const VkAllocationCallbacks* callbacks,
                           VkInstance* out) {
    auto* const link = link_of<VkLayerInstanceCreateInfo>(
        info->pNext, VK_STRUCTURE_TYPE_LOADER_INSTANCE_CREATE_INFO);
    if (link == nullptr) return VK_ERROR_INITIALIZATION_FAILED;
    instance_function = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
    physical_device_function = link->u.pLayerInfo->pfnNextGetPhysicalDeviceProcAddr;
    link->u.pLayerInfo = link->u.pLayerInfo->pNext;
    const auto create = reinterpret_cast<PFN_vkCreateInstance>(
        instance_function(VK_NULL_HANDLE, "vkCreateInstance"));
    return create(info, callbacks, out);
  }

  /// Makes the device with the next layer's vkCreateDevice, `create`.
  VkResult create_device(PFN_vkCreateDevice create, VkPhysicalDevice physical,
                         const VkDeviceCreateInfo* info, const VkAllocationCallbacks* callbacks,
                         VkDevice* out) {
    auto* const link =
        link_of<VkLayerDeviceCreateInfo>(info->pNext, VK_STRUCTURE_TYPE_LOADER_DEVICE_CREATE_INFO);
    if (link == nullptr) return VK_ERROR_INITIALIZATION_FAILED;
    device_function = link->u.pLayerInfo->pfnNextGetDeviceProcAddr;
    link->u.pLayerInfo = link->u.pLayerInfo->pNext;
    return create(physical, info, callbacks, out);
  }

  /// Sets `function` to the next layer's function of this name, for an instance or a device.
  template <typename Function>
  void find(VkInstance instance, Function& function, const char* name) const {
    function = reinterpret_cast<Function>(instance_function(instance, name));
  }
  template <typename Function>
  void find(VkDevice device, Function& function, const char* name) const {
    function = reinterpret_cast<Function>(device_function(device, name));
  }
};

NextLayer next_layer;

/// The layer's own function of this name, such as vkCreateInstance; null if it has none. Each layer
/// defines this function.
PFN_vkVoidFunction own_function(std::string_view name);

PFN_vkVoidFunction VKAPI_PTR get_device_function(VkDevice device, const char* name);

PFN_vkVoidFunction VKAPI_PTR get_instance_function(VkInstance instance, const char* name) {
  if (const PFN_vkVoidFunction own = own_function(name)) return own;
  if (std::string_view(name) == "vkGetInstanceProcAddr") {
    return reinterpret_cast<PFN_vkVoidFunction>(&get_instance_function);
  }
  if (std::string_view(name) == "vkGetDeviceProcAddr") {
    return reinterpret_cast<PFN_vkVoidFunction>(&get_device_function);
  }
  return next_layer.instance_function == nullptr ? nullptr
                                                 : next_layer.instance_function(instance, name);
}

PFN_vkVoidFunction VKAPI_PTR get_device_function(VkDevice device, const char* name) {
  if (const PFN_vkVoidFunction own = own_function(name)) return own;
  if (std::string_view(name) == "vkGetDeviceProcAddr") {
    return reinterpret_cast<PFN_vkVoidFunction>(&get_device_function);
  }
  return next_layer.device_function(device, name);
}

/// For functions of physical devices that the loader does not know.
PFN_vkVoidFunction VKAPI_PTR get_physical_device_function(VkInstance instance, const char* name) {
  if (const PFN_vkVoidFunction own = own_function(name)) return own;
  return next_layer.physical_device_function == nullptr
             ? nullptr
             : next_layer.physical_device_function(instance, name);
}

}  // namespace gfnet::test

extern "C" __attribute__((visibility("default"))) VkResult VKAPI_CALL
vkNegotiateLoaderLayerInterfaceVersion(VkNegotiateLayerInterface* interface) {
  interface->loaderLayerInterfaceVersion = 2;
  interface->pfnGetInstanceProcAddr = &gfnet::test::get_instance_function;
  interface->pfnGetDeviceProcAddr = &gfnet::test::get_device_function;
  interface->pfnGetPhysicalDeviceProcAddr = &gfnet::test::get_physical_device_function;
  return VK_SUCCESS;
}
