#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/specialization.h"
#include "vulkan/device_info.h"

namespace gfnet::compiler {

struct RepresentativeKernel {
  std::string_view shader;
  /// Values of the specialisation constants. Empty: the shader's defaults.
  std::optional<Specialization> specialization;
};

/// Lists all embedded shaders with specialisation constants that are typical for the device.
/// Shaders for matrix products are listed with every tile size that plans use. Shaders for matrix
/// units are listed for each of the device's matrix shapes and subgroup sizes as well. All other
/// shaders are listed once, with their defaults.
std::vector<RepresentativeKernel> representative_kernels(const vulkan::DeviceInfo& device);

}  // namespace gfnet::compiler
