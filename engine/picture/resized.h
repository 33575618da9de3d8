#pragma once

#include "picture/canvas.h"

namespace gfnet::picture {

/// The whole picture at another size, both at least 1×1: antialiased bicubic (image/geometry.h).
Image resized(const Image& source, Size size);

/// Every pixel as a square of so many: nothing is interpolated.
Image enlarged(const Image& source, std::int64_t factor);

}  // namespace gfnet::picture
