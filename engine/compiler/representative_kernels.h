#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/specialization.h"
#include "vulkan/device_info.h"

namespace gfnet::compiler {

struct RepresentativeKernel {
  std::string_view shader;
  /// nullopt for the shader's defaults.
  std::optional<Specialization> specialization;
};

/// All embedded shaders with typical specialisation constants for the device. The matrix products
/// come with every tile that plans use and, on matrix units, for each of the device's matrix shapes
/// and subgroup sizes. All other shaders come once, with their defaults.
std::vector<RepresentativeKernel> representative_kernels(const vulkan::DeviceInfo& device);

}  // namespace gfnet::compiler
