#pragma once

#include "gfnet/explain.h"

namespace gfnet::drawing {

/// A copy of the picture with the pixels outside the region dimmed to kUnseenBrightness.
Image spotlit(const Image& picture, const Region& region);

}  // namespace gfnet::drawing
