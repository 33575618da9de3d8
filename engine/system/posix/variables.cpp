#include "system/variables.h"

#include <stdlib.h>

namespace gfnet::system {

std::optional<std::string> variable(const char* name) {
  const char* const value = ::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void set_default_variable(const char* name, const std::string& value) {
  ::setenv(name, value.c_str(), /*overwrite=*/0);
}

std::filesystem::path user_cache_folder() {
  const std::string given = variable("XDG_CACHE_HOME").value_or("");
  if (!given.empty()) return given;
  const std::string home = variable("HOME").value_or("");
  return home.empty() ? std::filesystem::path() : std::filesystem::path(home) / ".cache";
}

const char* home_variable() { return "HOME"; }

char path_separator() { return ':'; }

}  // namespace gfnet::system
