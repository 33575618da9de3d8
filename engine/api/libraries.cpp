#include "gfnet/libraries.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "image/image_libraries.h"
#include "vulkan/vulkan_libraries.h"

namespace gfnet {

std::vector<Library> libraries() {
  std::vector<Library> all = vulkan::libraries();
  for (Library& library : image::libraries()) all.push_back(std::move(library));
  all.push_back({"nlohmann-json", std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + "." +
                                      std::to_string(NLOHMANN_JSON_VERSION_MINOR) + "." +
                                      std::to_string(NLOHMANN_JSON_VERSION_PATCH)});
  return all;
}

}  // namespace gfnet
