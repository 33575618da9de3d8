#pragma once

#include <string>
#include <vector>

namespace live {

/// Reads a TrueType or OpenType font file, and checks that the tables of the font lie within the
/// file. If `path` is empty, reads the first known font of the system; returns no bytes if there is
/// none. If `path` is not empty, throws gfnet::FormatError if the file cannot be read or is not
/// such a font.
std::vector<unsigned char> read_font(const std::string& path);

}  // namespace live
