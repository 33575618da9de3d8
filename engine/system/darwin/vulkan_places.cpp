#include "system/vulkan_places.h"

namespace gfnet::system {

std::vector<std::filesystem::path> vulkan_loader_names() {
  return {"libvulkan.dylib", "libvulkan.1.dylib", "libMoltenVK.dylib"};
}

std::vector<std::filesystem::path> vulkan_driver_folders() { return {}; }

}  // namespace gfnet::system
