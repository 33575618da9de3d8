#include "system/vulkan_places.h"

namespace gfnet::system {

std::vector<std::filesystem::path> vulkan_loader_names() { return {"vulkan-1.dll"}; }

std::vector<std::filesystem::path> vulkan_driver_folders() { return {}; }  // in the registry

std::string vulkan_driver_advice() {
  return "install your GPU's current driver from its vendor, which includes Vulkan";
}

std::string validation_layer_advice() { return "install the Vulkan SDK"; }

}  // namespace gfnet::system
