#pragma once

#include "gfnet/explain.h"

namespace gfnet::picture {

/// The picture, dimmed outside the region.
Image spotlit(const Image& picture, const Region& region);

}  // namespace gfnet::picture
