#include "system/paths.h"

#include "system/windows/api.h"

namespace gfnet::system {

std::filesystem::path path_of(std::string_view utf8) { return wide(utf8); }

std::string text_of(const std::filesystem::path& path) { return narrow(path.native()); }

}  // namespace gfnet::system
