#pragma once

#include <string_view>

#include "image/formats/bytes.h"

namespace gfnet::image {

/// The name of a kind of file that no build reads, though it is often found among images: formats
/// of images, drawings and documents, raw data of cameras, videos, archives and pages of the web.
/// With its article, as "a PDF document". Returns "" for any other file. Never throws.
std::string_view other_format(Bytes file);

}  // namespace gfnet::image
