#pragma once

#include "image/formats/bytes.h"

namespace gfnet::image {

/// Throws DecodeFailure if the images of a HEIF file are made from one another in a way for which
/// libheif's time or stack has no bound: in a circle, in more than four steps, or laid over one
/// another ("iovl"). Boxes that are damaged are left for libheif to refuse.
/// Source: ISO/IEC 14496-12 (boxes, iinf, iref) and 23008-12 (derived images).
void check_heif_items(Bytes file);

}  // namespace gfnet::image
