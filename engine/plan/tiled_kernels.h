#pragma once

#include <vector>

#include "plan/linear_kernels.h"

namespace gfnet::plan {

/// Kernels that take a product tile by tile through the memory that a workgroup shares, for GPUs:
/// all that fit the device, best first by rule; at least one for every Vulkan device. The weight is
/// row-major. Halves are multiplied as such where the device has arithmetic for them.
std::vector<LinearKernel> tiled_kernels(const LinearLayer& layer, std::int64_t rows,
                                        const DeviceFacts& device);

/// The same whatever fits, from large to small. packed: in arithmetic of halves.
std::vector<LinearKernel> tiled_kernels_of_all_sizes(const LinearLayer& layer, bool packed);

}  // namespace gfnet::plan
