#pragma once

#include <vector>

#include "gfnet/libraries.h"

namespace gfnet::image {

/// The third-party libraries that engine/image uses: stb_image, zlib and the optional libjpeg.
std::vector<Library> libraries();

}  // namespace gfnet::image
