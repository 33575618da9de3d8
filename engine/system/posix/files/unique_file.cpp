#include "system/unique_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>

namespace gfnet::system {

int make_unique_file(const std::filesystem::path& start, std::filesystem::path& path) {
  std::string name = start.native() + "XXXXXX";
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  path = name;
  return file;
}

int make_passing_file(const std::filesystem::path& start, std::filesystem::path& path) {
  const int file = make_unique_file(start, path);
  if (file >= 0) ::unlink(path.c_str());
  return file;
}

}  // namespace gfnet::system
