#pragma once

#include <filesystem>
#include <string>

namespace app {

/// SHA-256 of a file's content (FIPS 180-4), as 64 lower-case hexadecimal digits. Throws
/// gfnet::FormatError if the file cannot be read.
std::string sha256_of(const std::filesystem::path& path);

}  // namespace app
