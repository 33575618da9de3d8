#pragma once

#include <vector>

#include "plan/linear_kernels.h"

namespace gfnet::plan {

/// Whether a device's matrix units have kernels for the layer: if they have a shape that the shader
/// can use, and both axes of the weight are whole vectors of eight halves.
bool matrix_units_fit(const LinearLayer& layer, const DeviceFacts& device);

/// The forms in which they can read a weight; first the one that a rule expects to be fastest.
std::vector<LinearWay> matrix_ways();

/// Those that fit the device, for a weight that lies row-major or transposed as the way says, in
/// every width that the device's subgroups can have; best first by rule. All use the same shape,
/// whatever the layer.
std::vector<LinearKernel> matrix_kernels(const LinearLayer& layer, const LinearWay& way,
                                         std::int64_t rows, const DeviceFacts& device);

/// Those for one shape and one width of subgroups, whatever fits; from large to small.
std::vector<LinearKernel> matrix_kernels_of_all_sizes(const LinearLayer& layer,
                                                      const LinearWay& way,
                                                      const MatrixShape& shape,
                                                      std::uint32_t subgroup_width);

}  // namespace gfnet::plan
