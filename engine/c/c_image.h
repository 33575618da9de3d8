#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gfnet/c/image.h"
#include "gfnet/image.h"

/// Never changes, so that threads can share it.
struct gfnet_image {
  const gfnet::Image image;
};

namespace gfnet::c {

/// Views of the caller's images. Throws ArgumentError for an unknown format, and names the image.
std::vector<ImageView> views_of(const gfnet_pixels* images, std::size_t count);

/// Reads a file or decodes bytes as the options say, and no more of the image than the classifier
/// needs if there is one. Throws ArgumentError if a pointer is null that must not be, and as
/// load_image() does.
Image read_image(const char* path, const gfnet_classifier* classifier,
                 const gfnet_image_options* options);
Image read_image(std::span<const std::byte> bytes, const char* name,
                 const gfnet_classifier* classifier, const gfnet_image_options* options);

}  // namespace gfnet::c
