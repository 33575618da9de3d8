#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gfnet::vulkan {

/// The driver files that the Vulkan loader reads: JSON files that say where each driver's library
/// is. They come from VK_DRIVER_FILES, else from VK_ADD_DRIVER_FILES and the folders of
/// system::vulkan_driver_folders(). Only files that exist.
std::vector<std::filesystem::path> driver_files();

/// What is wrong with a driver file. Empty if nothing is found.
std::string driver_file_fault(const std::filesystem::path& path);

/// All driver files with a fault: "the driver file FILE CAUSE; the driver file …". Empty if no
/// driver file has a fault.
std::string driver_file_faults();

/// Throws NoDeviceError if a driver file has an array where an object or a text must be: there are
/// loaders that such a file crashes.
void check_driver_files();

}  // namespace gfnet::vulkan
