#pragma once

#include <vector>

#include "kernels/linear_kernels.h"

namespace gfnet::kernels {

/// Candidate kernels for GPUs. A workgroup computes a tile of the product from factors that it
/// holds in shared memory. Returns all kernels that fit the device, ordered by expected speed, the
/// fastest first. At least one kernel fits every Vulkan device; kernels that are switched off are
/// left out. The kernels read a row-major weight. Halves are multiplied as halves if the device has
/// half arithmetic and such a kernel is left, else as floats.
std::vector<LinearKernel> tiled_kernels(const LinearLayer& layer, std::int64_t rows,
                                        const DeviceFacts& device);

/// The kernels for all tiles, from large to small. Does not check the device's limits. packed:
/// whether the kernels multiply in f16.
std::vector<LinearKernel> tiled_kernels_of_all_sizes(const LinearLayer& layer, bool packed);

}  // namespace gfnet::kernels
