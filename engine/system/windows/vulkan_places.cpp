#include "system/vulkan_places.h"

namespace gfnet::system {

std::vector<std::filesystem::path> vulkan_loader_names() { return {"vulkan-1.dll"}; }

std::vector<std::filesystem::path> vulkan_driver_folders() { return {}; }  // in the registry

}  // namespace gfnet::system
