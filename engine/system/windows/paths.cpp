#include "system/paths.h"

#include "system/windows/api.h"

namespace gfnet::system {

// Long paths are as native() makes them, because the standard library passes paths on as they are.
std::filesystem::path path_of(std::string_view utf8) { return native(wide(utf8)); }

std::string text_of(const std::filesystem::path& path) { return narrow(usual(path)); }

}  // namespace gfnet::system
