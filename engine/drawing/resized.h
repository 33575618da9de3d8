#pragma once

#include "drawing/canvas.h"

namespace gfnet::drawing {

/// The whole image resampled to a size, antialiased bicubic (image/geometry.h). Both sizes must
/// be at least 1×1.
Image resized(const Image& source, Size size);

/// Every pixel becomes a square of factor×factor pixels, without interpolation.
Image enlarged(const Image& source, std::int64_t factor);

}  // namespace gfnet::drawing
