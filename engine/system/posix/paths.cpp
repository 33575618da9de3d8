#include "system/paths.h"

namespace gfnet::system {

std::filesystem::path path_of(std::string_view utf8) { return utf8; }

std::string text_of(const std::filesystem::path& path) { return path.native(); }

}  // namespace gfnet::system
