#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "vulkan/device_info.h"

namespace gfnet::runtime {

struct RepresentativeKernel {
  std::string_view shader;
  /// Empty for the shader's own.
  std::vector<std::uint32_t> specialization;
};

/// Every shader of the library with what its specialisation constants might be on the device: the
/// matrix products with every tile that plans take, for each shape of the matrix units and each
/// width that a subgroup can have there; the others once.
std::vector<RepresentativeKernel> representative_kernels(const vulkan::DeviceInfo& device);

}  // namespace gfnet::runtime
