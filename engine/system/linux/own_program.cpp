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

/// Whether a file is a dynamic loader: "ld-linux-x86-64.so.2", "ld-musl-x86_64.so.1", "ld.so".
bool is_dynamic_loader(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("ld-") || name == "ld.so";
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
  std::vector<std::string> command{path.string()};
  if (is_dynamic_loader(path)) {
    // Those of the loader come before those of this program; its path is the last of them.
    const std::vector<std::string> all = arguments_of_process();
    const auto own = words.size() - 1;
    for (std::size_t i = 1; i + own < all.size(); ++i) command.push_back(all[i]);
  }
  return command;
}

}  // namespace gfnet::system
