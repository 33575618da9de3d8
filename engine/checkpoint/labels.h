#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gfnet::checkpoint {

/// Reads class names from a UTF-8 text file: one line for each class, in class order. A byte order
/// mark, CRLF line ends and blank lines at the end are accepted. A blank line elsewhere is a class
/// without a name. Throws FormatError if the file cannot be read, is not UTF-8 or holds no names.
std::vector<std::string> read_labels(const std::filesystem::path& path);

}  // namespace gfnet::checkpoint
