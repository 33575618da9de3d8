#pragma once

#include "gfnet/drawing.h"

namespace gfnet::drawing {

/// A copy of the image with the pixels outside the region dimmed to kUnseenBrightness.
Image spotlit(const Image& image, const Region& region);

}  // namespace gfnet::drawing
