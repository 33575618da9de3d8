#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "vulkan/device_info.h"

namespace gfnet::compiler {

struct RepresentativeKernel {
  std::string_view shader;
  /// Specialisation constants; empty for the shader's defaults.
  std::vector<std::uint32_t> specialization;
};

/// All embedded shaders with typical specialisation constants for the device. The matrix products
/// come with every tile that plans use and, on matrix units, for each of the device's matrix shapes
/// and subgroup sizes. All other shaders come once, with their defaults.
std::vector<RepresentativeKernel> representative_kernels(const vulkan::DeviceInfo& device);

}  // namespace gfnet::compiler
