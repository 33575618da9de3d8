#include "output/appended_stream.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "system/descriptor.h"
#include "system/file_facts.h"

namespace app {
namespace {

/// The file descriptor that the path names.
std::optional<int> descriptor_in(std::string_view path) {
  if (path == "/dev/stdout") return gfnet::system::kStdout;
  if (path == "/dev/stderr") return gfnet::system::kStderr;
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
  return descriptor && gfnet::system::is_appended(*descriptor);
}

}  // namespace app
