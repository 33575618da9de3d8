#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gfnet::weights {

/// Class names from a text file in UTF-8, one a line, in class order. A byte order mark, CRLF line
/// ends and blank lines at the end are tolerated; a blank line elsewhere is a class without a name.
/// Throws FormatError if the file cannot be read, is not UTF-8 or names no class.
std::vector<std::string> read_labels(const std::filesystem::path& path);

}  // namespace gfnet::weights
