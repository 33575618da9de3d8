#pragma once

#include <cstdint>
#include <span>

#include "image/image.h"

namespace gfnet::image {

/// The orientation of a JPEG, PNG or WebP file: 1 to 8. EXIF data decide; if they hold no
/// Orientation tag, XMP data do, as in PIL. Returns 1 (upright) for other formats, and if no
/// orientation is stored or it is invalid. Throws nothing but std::bad_alloc.
int stored_orientation(std::span<const std::uint8_t> file);

/// Whether an orientation exchanges width and height: 5 to 8.
inline bool exchanges_axes(int orientation) { return orientation >= 5 && orientation <= 8; }

/// Turns an image upright. orientation: the sides of the upright image that the stored row 0 and
/// column 0 become. 1: top and left, 2: top and right, 3: bottom and right, 4: bottom and left,
/// 5: left and top, 6: right and top, 7: right and bottom, 8: left and bottom. The values 5 to 8
/// swap width and height, and need a second image meanwhile.
Image upright(Image image, int orientation);

}  // namespace gfnet::image
