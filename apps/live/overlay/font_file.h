#pragma once

#include <string>
#include <vector>

namespace live {

/// Reads a TrueType or OpenType font and checks that its tables lie within the file. path: empty
/// for the first known font of the system; returns no bytes if none is found. Throws
/// gfnet::FormatError if a named file cannot be read or is not such a font.
std::vector<unsigned char> read_font(const std::string& path);

}  // namespace live
