#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gfnet/image.h"
#include "image/geometry.h"

namespace gfnet::image {

/// Bytes of one pixel: 1, 3 or 4. Throws ArgumentError if `format` is none of the enumerators.
std::uint32_t bytes_per_pixel(PixelFormat format);

/// Whether a pixel's first byte is blue.
bool is_blue_first(PixelFormat format);

/// Bytes from the start of the first row of an image to the end of its last row. Nothing if they
/// exceed `limit`. row_bytes, the bytes of a row's pixels, and height must be at least 1;
/// row_stride must be at least row_bytes.
std::optional<std::uint64_t> extent_within(std::uint64_t limit, std::uint64_t row_bytes,
                                           std::uint64_t height, std::uint64_t row_stride);

/// Size of the image that a view shows or is a part of.
Extent whole_extent(const ImageView& view);

/// Throws ArgumentError unless every view has pixels, data, a known format and a sufficient
/// row_stride, and lies within the image that it is a part of. The message names the view by its
/// index: "images[2]: …".
void check_views(std::span<const ImageView> views);

/// A view of each image, in order. Throws ArgumentError if the size of an image's `rgb` is not
/// 3·width·height, or if an image has no pixels. The message names the image by its index in
/// `images`.
std::vector<ImageView> views_of(std::span<const Image> images);

}  // namespace gfnet::image
