#pragma once

#include <vector>

#include "gfnet/libraries.h"

namespace gfnet::image {

/// Libraries of engine/image: stb_image, zlib and the optional libjpeg.
std::vector<Library> libraries();

}  // namespace gfnet::image
