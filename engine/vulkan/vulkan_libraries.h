#pragma once

#include <vector>

#include "gfnet/libraries.h"

namespace gfnet::vulkan {

/// Libraries of engine/vulkan: Vulkan headers, volk, VkFFT, glslang, SPIRV-Cross.
std::vector<Library> libraries();

}  // namespace gfnet::vulkan
