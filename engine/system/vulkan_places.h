#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gfnet::system {

/// The names under which the Vulkan loader, or a driver in its place, is found, the usual one
/// first.
std::vector<std::filesystem::path> vulkan_loader_names();

/// The folders in which the Vulkan loader looks for driver files, unless variables tell it others,
/// as its documentation names them. Empty where it looks elsewhere.
std::vector<std::filesystem::path> vulkan_driver_folders();

/// What to do where there is no Vulkan driver, for the end of a message.
std::string vulkan_driver_advice();
/// What to do where Vulkan's validation layer is missing, for the end of a message.
std::string validation_layer_advice();

}  // namespace gfnet::system
