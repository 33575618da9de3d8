#pragma once

#include <gfnet/interop.h>

namespace live {

/// Loads the Vulkan functions that draw the window. Must be called before any of these functions.
void load_vulkan(const gfnet::SharedDevice& device);

}  // namespace live
