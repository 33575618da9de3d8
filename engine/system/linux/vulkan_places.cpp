#include "system/vulkan_places.h"

#include <algorithm>
#include <string>

#include "system/variables.h"

namespace gfnet::system {
namespace {

/// The value of a variable; `otherwise` if it is not set or empty.
std::string given(const char* name, const std::string& otherwise) {
  const std::string value = variable(name).value_or("");
  return value.empty() ? otherwise : value;
}

void append(std::vector<std::filesystem::path>& folders, const std::string& list) {
  for (std::size_t start = 0; start < list.size();) {
    const std::size_t end = std::min(list.find(path_separator(), start), list.size());
    if (end > start) folders.emplace_back(list.substr(start, end - start));
    start = end + 1;
  }
}

}  // namespace

std::vector<std::filesystem::path> vulkan_loader_names() {
  return {"libvulkan.so.1", "libvulkan.so"};
}

std::vector<std::filesystem::path> vulkan_driver_folders() {
  const std::string home = given("HOME", "");
  std::vector<std::filesystem::path> folders{given("XDG_CONFIG_HOME", home + "/.config")};
  append(folders, given("XDG_CONFIG_DIRS", "/etc/xdg"));
  for (const char* folder : {"/usr/local/etc", "/etc"}) folders.emplace_back(folder);
  folders.emplace_back(given("XDG_DATA_HOME", home + "/.local/share"));
  append(folders, given("XDG_DATA_DIRS", "/usr/local/share:/usr/share"));
  for (std::filesystem::path& folder : folders) folder = folder / "vulkan" / "icd.d";
  return folders;
}

std::string vulkan_driver_advice() {
  return "install your GPU's Vulkan driver, or a software one (Debian and Ubuntu: apt install "
         "mesa-vulkan-drivers)";
}

std::string validation_layer_advice() {
  return "install it (Debian and Ubuntu: apt install vulkan-validationlayers)";
}

}  // namespace gfnet::system
