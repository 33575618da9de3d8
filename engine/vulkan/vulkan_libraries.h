#pragma once

#include <vector>

#include "gfnet/libraries.h"

namespace gfnet::vulkan {

/// The third-party libraries that engine/vulkan uses: Vulkan headers, VkFFT, glslang,
/// SPIRV-Cross.
std::vector<Library> libraries();

}  // namespace gfnet::vulkan
