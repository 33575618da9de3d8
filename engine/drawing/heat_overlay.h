#pragma once

#include "gfnet/explain.h"

namespace gfnet::picture {

/// A copy of the picture with the pixels outside the region dimmed to kUnseenBrightness.
Image spotlit(const Image& picture, const Region& region);

}  // namespace gfnet::picture
