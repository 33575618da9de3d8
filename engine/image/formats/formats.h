#pragma once

#include <span>
#include <string>
#include <string_view>

#include "image/formats/decoders.h"

namespace gfnet::image {

/// A format of image files. matches: whether a file begins as files of this format do. decode: its
/// decoder; nullptr if this build does not read the format. library: the third-party library that
/// decodes it, or would if this build had it; empty if gfnet's own code does, or nothing.
struct Format {
  std::string_view name;
  bool (*matches)(Bytes file);
  Decoder decode = nullptr;
  std::string_view library = {};
};

/// All known formats. A format precedes those whose test also accepts its files.
std::span<const Format> formats();

/// The format of a file. Returns nullptr if it is none that is known.
const Format* find_format(Bytes file);

/// The names of the formats that this build reads: "JPEG, PNG and BMP".
std::string readable_formats();

}  // namespace gfnet::image
