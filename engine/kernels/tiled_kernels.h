#pragma once

#include <vector>

#include "kernels/linear_kernels.h"

namespace gfnet::plan {

/// Kernels for GPUs that compute a product in tiles held in shared memory. Returns all that fit the
/// device, best first by rule; every Vulkan device has at least one. The weight is row-major.
/// Halves are multiplied as halves if the device has half arithmetic, else as floats.
std::vector<LinearKernel> tiled_kernels(const LinearLayer& layer, std::int64_t rows,
                                        const DeviceFacts& device);

/// The kernels for all tiles, from large to small. Does not check the device's limits. packed:
/// kernels that multiply in f16.
std::vector<LinearKernel> tiled_kernels_of_all_sizes(const LinearLayer& layer, bool packed);

}  // namespace gfnet::plan
