#include "vulkan/functions.h"

#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "gfnet/error.h"
#include "system/library.h"
#include "system/vulkan_places.h"

namespace gfnet::vulkan {
namespace {

PFN_vkGetInstanceProcAddr open_loader() {
  for (const std::filesystem::path& name : system::vulkan_loader_names()) {
    void* const library = system::open_library(name);
    if (library == nullptr) continue;
    return reinterpret_cast<PFN_vkGetInstanceProcAddr>(
        system::symbol_of(library, "vkGetInstanceProcAddr"));
  }
  return nullptr;
}

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
