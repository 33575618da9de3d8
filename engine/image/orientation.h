#pragma once

#include <cstdint>
#include <span>

#include "image/geometry.h"
#include "image/image.h"

namespace gfnet::image {

/// The orientation of a JPEG, PNG or WebP file: 1 to 8. EXIF data decide; if they hold no
/// Orientation tag, XMP data do, as in PIL. Returns 1 (upright) for other formats, and if no
/// orientation is stored or it is invalid. Throws nothing but std::bad_alloc.
int stored_orientation(std::span<const std::uint8_t> file);

/// Whether an orientation exchanges width and height: 5 to 8.
inline bool exchanges_axes(int orientation) { return orientation >= 5 && orientation <= 8; }

/// Where a region of an image of the given size lies once the image was turned upright.
ImageRegion upright(const ImageRegion& region, Extent size, int orientation);

/// The region of a stored image that becomes `region` of the upright image. size: of the upright
/// image.
ImageRegion stored(const ImageRegion& region, Extent size, int orientation);

/// Turns an image upright, also one that is a part of a larger image (Image::part_of). orientation:
/// the sides of the upright image that the stored row 0 and column 0 become. 1: top and left, 2:
/// top and right, 3: bottom and right, 4: bottom and left, 5: left and top, 6: right and top, 7:
/// right and bottom, 8: left and bottom. The values 5 to 8 swap width and height, and need a second
/// image meanwhile.
Image upright(Image image, int orientation);

}  // namespace gfnet::image
