#include "gfnet/libraries.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "image/image_libraries.h"
#include "vulkan/vulkan_libraries.h"

namespace gfnet {

const char* version() noexcept { return GFNET_VERSION; }

std::vector<Library> libraries() {
  std::vector<Library> all = vulkan::libraries();
  for (Library& library : image::libraries()) all.push_back(std::move(library));
  all.push_back({"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100,
                                    FMT_VERSION % 100)});
  all.push_back(
      {"nlohmann-json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                    NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)});
  return all;
}

}  // namespace gfnet
