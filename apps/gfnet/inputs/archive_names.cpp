#include "inputs/archive_names.h"

#include <gfnet/text.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace app {

bool bears_compressed_tar_name(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 9> kEndings{
      ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz", ".tar.zst", ".tzst"};
  const std::string name = gfnet::lower_case(path.filename().string());
  return std::ranges::any_of(kEndings, [&](auto ending) { return name.ends_with(ending); });
}

bool bears_archive_name(const std::filesystem::path& path) {
  const std::string ending = gfnet::lower_case(path.extension().string());
  return ending == ".tar" || ending == ".zip" || bears_compressed_tar_name(path);
}

}  // namespace app
