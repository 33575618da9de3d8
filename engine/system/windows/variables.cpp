#include "system/variables.h"

#include <stdlib.h>

#include "system/windows/api.h"

namespace gfnet::system {

std::optional<std::string> variable(const char* name) {
  const wchar_t* const value = ::_wgetenv(wide(name).c_str());
  return value == nullptr ? std::nullopt : std::optional(narrow(value));
}

void set_default_variable(const char* name, const std::string& value) {
  if (!variable(name)) ::_wputenv_s(wide(name).c_str(), wide(value).c_str());
}

std::filesystem::path user_cache_folder() {
  for (const char* name : {"XDG_CACHE_HOME", "LOCALAPPDATA"}) {
    const std::string given = variable(name).value_or("");
    if (!given.empty()) return wide(given);
  }
  const std::string home = variable("HOME").value_or("");
  return home.empty() ? std::filesystem::path() : std::filesystem::path(wide(home)) / ".cache";
}

const char* home_variable() { return "LOCALAPPDATA"; }

char path_separator() { return ';'; }

}  // namespace gfnet::system
