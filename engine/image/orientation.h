#pragma once

#include <cstdint>
#include <span>

#include "image/image.h"

namespace gfnet::image {

/// The Orientation tag (0x0112) of the EXIF data in a JPEG or PNG file: 1 to 8. Returns 1 (upright)
/// if there is no tag or its value is invalid. Never throws.
/// Source: CIPA DC-008 (Exif 2.32), 4.6.4; the PNG specification, eXIf.
int exif_orientation(std::span<const std::uint8_t> file);

/// Turns an image upright. orientation: the sides of the upright image that the stored row 0 and
/// column 0 become. 1: top and left, 2: top and right, 3: bottom and right, 4: bottom and left,
/// 5: left and top, 6: right and top, 7: right and bottom, 8: left and bottom. The values 5 to 8
/// swap width and height.
Image upright(Image image, int orientation);

}  // namespace gfnet::image
