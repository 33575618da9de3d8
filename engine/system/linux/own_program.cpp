#include <filesystem>
#include <fstream>
#include <system_error>

#include "system/program.h"

namespace gfnet::system {
namespace {

/// All arguments of this process, as the kernel was given them. Empty if it does not say.
std::vector<std::string> arguments_of_process() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(file, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

}  // namespace

std::filesystem::path own_path() {
  std::error_code ignored;
  return std::filesystem::canonical("/proc/self/exe", ignored);
}

std::vector<std::string> own_command(const std::vector<std::string>& words) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return {words.front()};
  // Before the arguments of this program come those of what loaded it: nothing, or a dynamic
  // loader's, or Python's.
  std::vector<std::string> command{path.string()};
  const std::vector<std::string> all = arguments_of_process();
  const auto own = words.size() - 1;
  for (std::size_t i = 1; i + own < all.size(); ++i) command.push_back(all[i]);
  return command;
}

}  // namespace gfnet::system
