#pragma once

#include <vector>

#include "gfnet/libraries.h"

namespace gfnet::vulkan {

/// The libraries of this room: Vulkan headers, volk, VkFFT, glslang, SPIRV-Cross.
std::vector<Library> libraries();

}  // namespace gfnet::vulkan
