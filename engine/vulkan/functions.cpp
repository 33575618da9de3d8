#include "vulkan/functions.h"

#include <fmt/format.h>

#include <string>

#include "gfnet/error.h"

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace gfnet::vulkan {
namespace {

#ifdef _WIN32
PFN_vkGetInstanceProcAddr open_loader() {
  const HMODULE library = LoadLibraryA("vulkan-1.dll");
  if (library == nullptr) return nullptr;
  return reinterpret_cast<PFN_vkGetInstanceProcAddr>(
      reinterpret_cast<void*>(GetProcAddress(library, "vkGetInstanceProcAddr")));
}
#else
PFN_vkGetInstanceProcAddr open_loader() {
#ifdef __APPLE__
  constexpr const char* kNames[] = {"libvulkan.dylib", "libvulkan.1.dylib", "libMoltenVK.dylib"};
#else
  constexpr const char* kNames[] = {"libvulkan.so.1", "libvulkan.so"};
#endif
  for (const char* name : kNames) {
    void* const library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) continue;
    return reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(library, "vkGetInstanceProcAddr"));
  }
  return nullptr;
}
#endif

[[noreturn]] void fail_without(const char* name, const char* owner) {
  throw UnsupportedError(
      fmt::format("the Vulkan {} has no function {}; the engine needs Vulkan 1.1", owner, name));
}

}  // namespace

PFN_vkGetInstanceProcAddr system_loader() {
  static const PFN_vkGetInstanceProcAddr loader = open_loader();
  return loader;
}

InstanceFunctions::InstanceFunctions(VkInstance instance_in, PFN_vkGetInstanceProcAddr get)
    : instance(instance_in), vkGetInstanceProcAddr(get) {
#define GFNET_LOAD(name)                                     \
  name = reinterpret_cast<PFN_##name>(get(instance, #name)); \
  if (name == nullptr) fail_without(#name, "instance");
  GFNET_INSTANCE_FUNCTIONS(GFNET_LOAD)
#undef GFNET_LOAD
}

DeviceFunctions::DeviceFunctions(const InstanceFunctions& vk, VkDevice device_in)
    : device(device_in) {
#define GFNET_LOAD_IF(name) \
  name = reinterpret_cast<PFN_##name>(vk.vkGetDeviceProcAddr(device, #name));
#define GFNET_LOAD(name) \
  GFNET_LOAD_IF(name)    \
  if (name == nullptr) fail_without(#name, "device");
  GFNET_DEVICE_FUNCTIONS(GFNET_LOAD)
  GFNET_OPTIONAL_DEVICE_FUNCTIONS(GFNET_LOAD_IF)
#undef GFNET_LOAD
#undef GFNET_LOAD_IF
}

}  // namespace gfnet::vulkan
