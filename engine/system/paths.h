#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace gfnet::system {

// Text is UTF-8 in all of gfnet, and so are paths as text: arguments, lists, messages, results. The
// conversions of std::filesystem::path from and to std::string use another encoding on Windows, so
// these two are used instead. On other systems they change no byte, whatever a name holds.

std::filesystem::path path_of(std::string_view utf8);
std::string text_of(const std::filesystem::path& path);

}  // namespace gfnet::system
