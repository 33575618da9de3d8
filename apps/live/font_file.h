#pragma once

#include <string>
#include <vector>

namespace live {

/// The bytes of a TrueType or OpenType font that can be drawn with: its tables lie within the file.
/// path: empty for the first that is found of the usual ones of a system; no bytes if none is.
/// Throws gfnet::FormatError if a file that was named is no such font.
std::vector<unsigned char> read_font(const std::string& path);

}  // namespace live
