#include <string>
#include <system_error>

#include "system/file_facts.h"

namespace gfnet::system {

std::optional<std::filesystem::path> path_of_open_file(int file) {
  std::error_code error;
  std::filesystem::path path =
      std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), error);
  return error ? std::nullopt : std::optional(std::move(path));
}

}  // namespace gfnet::system
