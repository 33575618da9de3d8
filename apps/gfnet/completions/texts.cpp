#include "completions/texts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace app {

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> option_names(const CommandSyntax& command) {
  std::vector<std::string> names;
  for (const OptionSyntax& option : command.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

const OptionSyntax* positional_of(const CommandSyntax& command) {
  const auto found = std::ranges::find_if(
      command.options, [](const OptionSyntax& option) { return !option.positional.empty(); });
  return found == command.options.end() ? nullptr : &*found;
}

std::string brief(std::string_view help) {
  return std::string(help.substr(0, std::min(help.find("; "), help.find(". "))));
}

std::string escaped(std::string_view text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

}  // namespace app
