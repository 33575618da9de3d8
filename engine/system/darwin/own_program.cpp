#include <mach-o/dyld.h>

#include <cstdint>
#include <system_error>

#include "system/program.h"

namespace gfnet::system {

std::filesystem::path own_path() {
  std::uint32_t bytes = 0;
  ::_NSGetExecutablePath(nullptr, &bytes);
  std::string path(bytes, '\0');
  if (::_NSGetExecutablePath(path.data(), &bytes) != 0) return {};
  std::error_code ignored;
  return std::filesystem::canonical(path.c_str(), ignored);
}

std::vector<std::string> own_command(const std::vector<std::string>& words) {
  const std::filesystem::path path = own_path();
  return {path.empty() ? words.front() : path.native()};
}

}  // namespace gfnet::system
