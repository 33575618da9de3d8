#include "output/appended_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <string_view>

namespace app {
namespace {

/// The file descriptor that the path names.
std::optional<int> descriptor_in(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    const std::string_view number = path.substr(folder.size());
    int descriptor = 0;
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), descriptor);
    if (error == std::errc() && end == number.data() + number.size()) return descriptor;
  }
  return std::nullopt;
}

}  // namespace

bool is_appended_stream(const std::string& path) {
  const std::optional<int> descriptor = descriptor_in(path);
  if (!descriptor) return false;
  const int flags = fcntl(*descriptor, F_GETFL);
  return flags >= 0 && (flags & O_APPEND) != 0;
}

}  // namespace app
