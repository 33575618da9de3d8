#include "base/environment.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "gfnet/error.h"
#include "gfnet/text.h"

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

std::optional<std::chrono::seconds> seconds_variable(const char* name) {
  const char* const given = variable(name);
  if (given == nullptr) return std::nullopt;
  const std::string_view text(given);
  int seconds = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || rest != text.data() + text.size() || seconds < 1) {
    throw ArgumentError(fmt::format("{} is '{}'; it must be a number of seconds, at least 1", name,
                                    printable(given)));
  }
  return std::chrono::seconds(seconds);
}

}  // namespace gfnet
