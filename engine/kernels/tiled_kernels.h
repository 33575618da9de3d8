#pragma once

#include <vector>

#include "kernels/linear_kernels.h"

namespace gfnet::kernels {

/// Candidate kernels for GPUs that compute a product in tiles held in shared memory. Returns all
/// that fit the device, ordered by expected speed, the fastest first. At least one fits every
/// Vulkan device. They read a row-major weight. Halves are multiplied as halves if the device has
/// half arithmetic, else as floats.
std::vector<LinearKernel> tiled_kernels(const LinearLayer& layer, std::int64_t rows,
                                        const DeviceFacts& device);

/// The kernels for all tiles, from large to small. Does not check the device's limits. packed:
/// kernels that multiply in f16.
std::vector<LinearKernel> tiled_kernels_of_all_sizes(const LinearLayer& layer, bool packed);

}  // namespace gfnet::kernels
