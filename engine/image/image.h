#pragma once

#include "gfnet/image.h"

namespace gfnet::image {

using gfnet::Image;
using gfnet::ImageRegion;
using gfnet::PartOf;

}  // namespace gfnet::image
