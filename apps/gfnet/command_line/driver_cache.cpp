#include "command_line/driver_cache.h"

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>

namespace app {
namespace {

constexpr const char* kMesaFolder = "MESA_SHADER_CACHE_DIR";

}  // namespace

void keep_driver_shaders() {
  const char* const ours = std::getenv("GFNET_CACHE");
  if (ours == nullptr || *ours == '\0' || std::getenv(kMesaFolder) != nullptr) return;
  const std::filesystem::path folder = std::filesystem::path(ours) / "mesa";
  std::error_code error;
  std::filesystem::create_directories(folder, error);  // Mesa makes only the last folder itself
  if (error) return;  // the library says so when it cannot keep its own files there
  setenv(kMesaFolder, folder.c_str(), /*overwrite=*/0);
}

}  // namespace app
