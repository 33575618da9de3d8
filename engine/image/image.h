#pragma once

#include "gfnet/image.h"

namespace gfnet::image {

using gfnet::Image;

}  // namespace gfnet::image
