#pragma once

#include <vector>

#include "kernels/linear_kernels.h"

namespace gfnet::kernels {

/// Whether the layer can run on the device's matrix units. The matrix units must have a shape that
/// linear_matrix.comp can use, both padded axes of the weight must be multiples of eight, and not
/// all kernels may be switched off.
bool matrix_units_fit(const LinearLayer& layer, const DeviceFacts& device);

/// The weight layouts that linear_matrix.comp can read. The first layout is the default: a rule
/// expects it to be fastest.
std::vector<LinearAlgorithm> matrix_algorithms();

/// The candidate kernels on the device's matrix units, for every subgroup size of the device. The
/// order is a rule's estimate of their speed, the fastest first. algorithm: whether the weight is
/// row-major or transposed. All layers use the same shape of the matrix units. Kernels that are
/// switched off are left out.
std::vector<LinearKernel> matrix_kernels(const LinearLayer& layer, const LinearAlgorithm& algorithm,
                                         std::int64_t rows, const DeviceFacts& device);

/// The kernels for one shape of the matrix units and one subgroup size, from large tiles to small.
/// Does not check the device's limits.
std::vector<LinearKernel> matrix_kernels_of_all_sizes(const LinearLayer& layer,
                                                      const LinearAlgorithm& algorithm,
                                                      const MatrixShape& shape,
                                                      std::uint32_t subgroup_width);

}  // namespace gfnet::kernels
