#include "base/environment.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

#include "gfnet/error.h"
#include "gfnet/text.h"
#include "system/paths.h"
#include "system/variables.h"

namespace gfnet {
std::filesystem::path cache_directory() {
  if (const auto own = system::variable("GFNET_CACHE")) return system::path_of(*own);
  const std::filesystem::path folder = system::user_cache_folder();
  return folder.empty() ? folder : folder / "gfnet";
}

std::optional<std::chrono::seconds> seconds_variable(const char* name) {
  const std::string text = system::variable(name).value_or("");
  if (text.empty()) return std::nullopt;
  int seconds = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || rest != text.data() + text.size() || seconds < 1) {
    throw ArgumentError(fmt::format("{} is '{}'; it must be a number of seconds, at least 1", name,
                                    printable(text)));
  }
  return std::chrono::seconds(seconds);
}

}  // namespace gfnet
