#include "base/cache_dir.h"

#include <cstdlib>

namespace gfnet {
namespace {

/// Value of an environment variable; nullptr if it is unset or empty.
const char* variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

}  // namespace

std::filesystem::path cache_directory() {
  if (std::getenv("GFNET_CACHE") != nullptr) {
    const char* own = variable("GFNET_CACHE");
    return own != nullptr ? std::filesystem::path(own) : std::filesystem::path();
  }
  if (const char* xdg = variable("XDG_CACHE_HOME")) return std::filesystem::path(xdg) / "gfnet";
#ifdef _WIN32
  if (const char* local = variable("LOCALAPPDATA")) return std::filesystem::path(local) / "gfnet";
#endif
  if (const char* home = variable("HOME")) return std::filesystem::path(home) / ".cache" / "gfnet";
  return {};
}

}  // namespace gfnet
