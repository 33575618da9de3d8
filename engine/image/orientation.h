#pragma once

#include <cstdint>
#include <span>

#include "image/image.h"

namespace gfnet::image {

/// How a camera was held: the Orientation tag (0x0112) of the EXIF data in a JPEG or PNG file, 1 to
/// 8. 1, upright, where there is none or it makes no sense; never throws.
/// Source: CIPA DC-008 (Exif 2.32), 4.6.4; the PNG specification, eXIf.
int exif_orientation(std::span<const std::uint8_t> file);

/// The picture upright. orientation says where its row 0 and column 0 belong: 1 top and left,
/// 2 top and right, 3 bottom and right, 4 bottom and left, 5 left and top, 6 right and top,
/// 7 right and bottom, 8 left and bottom. From 5 on, width and height change places.
Image upright(Image image, int orientation);

}  // namespace gfnet::image
