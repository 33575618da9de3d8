#pragma once

#include <vector>

#include "gfnet/libraries.h"

namespace gfnet::image {

/// The third-party libraries that engine/image uses: stb_image, zlib and the optional ones, which
/// are named also where they are missing.
std::vector<Library> libraries();

}  // namespace gfnet::image
