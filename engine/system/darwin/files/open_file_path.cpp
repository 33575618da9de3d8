#include <fcntl.h>
#include <sys/param.h>

#include <array>

#include "system/file_facts.h"

namespace gfnet::system {

std::optional<std::filesystem::path> path_of_open_file(int file) {
  std::array<char, MAXPATHLEN> path{};
  if (::fcntl(file, F_GETPATH, path.data()) != 0) return std::nullopt;
  return path.data();
}

}  // namespace gfnet::system
