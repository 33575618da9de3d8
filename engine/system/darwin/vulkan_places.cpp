#include "system/vulkan_places.h"

namespace gfnet::system {

// dyld finds a bare name where its variables say, such as DYLD_LIBRARY_PATH, but not in every
// macOS below /usr/local. So the folders follow: the program's own; /usr/local/lib, of the Vulkan
// SDK and of Homebrew on Intel; Homebrew's on Apple silicon; MacPorts'. MoltenVK, the driver,
// comes after every loader, because it takes no validation layer.
std::vector<std::filesystem::path> vulkan_loader_names() {
  std::vector<std::filesystem::path> names;
  for (const char* library : {"libvulkan.1.dylib", "libvulkan.dylib", "libMoltenVK.dylib"}) {
    for (const char* folder : {"", "@loader_path", "@loader_path/../lib", "@executable_path",
                               "@executable_path/../lib", "@executable_path/../Frameworks",
                               "/usr/local/lib", "/opt/homebrew/lib", "/opt/local/lib"}) {
      names.push_back(std::filesystem::path(folder) / library);
    }
  }
  return names;
}

// The loader's folders depend on who built it: Homebrew's and MacPorts' have their own.
std::vector<std::filesystem::path> vulkan_driver_folders() { return {}; }

std::string vulkan_driver_advice() { return "install MoltenVK (Homebrew: brew install molten-vk)"; }

std::string validation_layer_advice() { return "install the Vulkan SDK"; }

}  // namespace gfnet::system
