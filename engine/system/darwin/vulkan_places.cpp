#include "system/vulkan_places.h"

namespace gfnet::system {

std::vector<std::filesystem::path> vulkan_loader_names() {
  return {"libvulkan.dylib", "libvulkan.1.dylib", "libMoltenVK.dylib"};
}

std::vector<std::filesystem::path> vulkan_driver_folders() { return {}; }

std::string vulkan_driver_advice() { return "install MoltenVK (Homebrew: brew install molten-vk)"; }

std::string validation_layer_advice() { return "install the Vulkan SDK"; }

}  // namespace gfnet::system
