#include "session/script.h"

#include <fmt/format.h>
#include <gfnet/error.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

#include "display/keys.h"
#include "system/paths.h"

namespace live {
namespace {

using gfnet::system::path_of;

template <class Number>
bool is_number(const std::string& text, Number least, Number most) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= least &&
         value <= most;
}

bool is_side(const std::string& text) { return is_number(text, 1, 1 << 15); }

bool is_valid(const ScriptCommand& command) {
  static const std::map<std::string, std::size_t> kArguments{
      {"wait", 1},       {"labels", 1},   {"key", 1},     {"view", 0},
      {"resize", 2},     {"minimise", 0}, {"restore", 0}, {"lose", 1},
      {"screenshot", 1}, {"status", 0},   {"quit", 0}};
  const auto known = kArguments.find(command.name);
  if (known == kArguments.end() || command.arguments.size() != known->second) return false;
  if (command.name == "key") return key_named(command.arguments[0]).has_value();
  if (command.name == "lose") {
    return command.arguments[0] == "swapchain" || command.arguments[0] == "surface";
  }
  if (command.name == "resize") {
    return is_side(command.arguments[0]) && is_side(command.arguments[1]);
  }
  if (command.name == "wait" || command.name == "labels") {
    return is_number(command.arguments[0], 0.0, 1e9);
  }
  return true;
}

}  // namespace

std::deque<ScriptCommand> read_script(const std::string& path) {
  std::ifstream file(path_of(path));
  if (!file) throw gfnet::FormatError(path_of(path), std::system_category().message(errno));
  std::deque<ScriptCommand> commands;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    std::istringstream words(line.substr(0, line.find('#')));
    ScriptCommand command;
    if (!(words >> command.name)) continue;
    for (std::string word; words >> word;) command.arguments.push_back(std::move(word));
    if (!is_valid(command)) {
      throw gfnet::FormatError(path_of(path),
                               fmt::format("line {} is not a valid command: {}", number, line));
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

}  // namespace live
