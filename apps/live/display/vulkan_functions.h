#pragma once

#include <gfnet/interop.h>

namespace live {

/// Loads the Vulkan functions with which the window is drawn. Must be called before any of them.
void load_vulkan(const gfnet::SharedDevice& device);

}  // namespace live
