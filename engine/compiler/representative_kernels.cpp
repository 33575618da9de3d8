#include "compiler/representative_kernels.h"

#include "kernels/matrix_kernels.h"
#include "kernels/shaders/ceiling.h"
#include "kernels/tiled_kernels.h"
#include "vulkan/pipelines/shader_library.h"

namespace gfnet::compiler {
namespace {

using Specializations = std::vector<std::optional<Specialization>>;

/// Adds the specialisation constants of each kernel as a block's first matrix product uses them
/// (followed by GELU). Adds the constants of the largest kernel also as the second product uses
/// them (followed by the sum with the residual).
void add(Specializations& all, const std::vector<kernels::LinearKernel>& from_large_to_small) {
  for (const kernels::LinearKernel& kernel : from_large_to_small) {
    all.push_back(kernel.specialization(true, false, false));
  }
  all.push_back(from_large_to_small.front().specialization(false, true, true));
}

Specializations tiled(bool packed) {
  Specializations all;
  add(all, kernels::tiled_kernels_of_all_sizes({}, packed));
  return all;
}

/// Specialisation constants of linear_matrix.comp for all tile sizes, in every combination of the
/// device's matrix shapes, the device's subgroup sizes and the layouts of the weight
/// (kernels::matrix_algorithms).
Specializations matrix(const vulkan::DeviceInfo& device) {
  Specializations all;
  for (const vulkan::MatrixShape& shape : device.matrix_shapes) {
    for (const std::uint32_t width : vulkan::subgroup_widths(device)) {
      for (const kernels::LinearAlgorithm& algorithm : kernels::matrix_algorithms()) {
        add(all, kernels::matrix_kernels_of_all_sizes(
                     {}, algorithm, {shape.rows, shape.columns, shape.inner}, width));
      }
    }
  }
  return all;
}

/// Specialisation constants of ceiling_matrix.comp, in every combination of the device's matrix
/// shapes and subgroup sizes.
Specializations ceiling(const vulkan::DeviceInfo& device) {
  Specializations all;
  for (const vulkan::MatrixShape& shape : device.matrix_shapes) {
    for (const std::uint32_t width : vulkan::subgroup_widths(device)) {
      all.push_back(kernels::specialize(kernels::CeilingMatrixConstants{.local_size_x = width,
                                                                        .local_size_y = 4,
                                                                        .rows = shape.rows,
                                                                        .columns = shape.columns,
                                                                        .inner = shape.inner,
                                                                        .chains = 8}));
    }
  }
  return all;
}

Specializations of(std::string_view shader, const vulkan::DeviceInfo& device) {
  if (shader.starts_with("linear_tiled")) return tiled(false);
  if (shader.starts_with("linear_packed")) return tiled(true);
  if (shader.starts_with("linear_matrix") && !device.matrix_shapes.empty()) return matrix(device);
  if (shader == "ceiling_matrix" && !device.matrix_shapes.empty()) return ceiling(device);
  return {std::nullopt};
}

}  // namespace

std::vector<RepresentativeKernel> representative_kernels(const vulkan::DeviceInfo& device) {
  std::vector<RepresentativeKernel> all;
  for (const vulkan::ShaderBinary& shader : vulkan::embedded_shaders()) {
    for (std::optional<Specialization>& specialization : of(shader.name, device)) {
      all.push_back({shader.name, std::move(specialization)});
    }
  }
  return all;
}

}  // namespace gfnet::compiler
