#include "runtime/representative_kernels.h"

#include "vulkan/shader_library.h"

namespace gfnet::runtime {
namespace {

using Specializations = std::vector<std::vector<std::uint32_t>>;

/// linear_tiled.comp: width, height, rows, columns, depth, buffers; GELU, addend, in place; chunk.
Specializations tiled(bool packed) {
  Specializations all;
  for (std::vector<std::uint32_t> one : Specializations{
           {16, 16, 4, 1, 4, 2, 1, 0, 0},  // 64×64
           {16, 8, 8, 2, 4, 1, 1, 0, 0},   // 64×128
           {16, 16, 8, 2, 4, 1, 1, 0, 0},  // 128×128
           {16, 16, 8, 2, 4, 2, 0, 1, 1},
       }) {
    if (packed) one.push_back(2);
    all.push_back(std::move(one));
  }
  return all;
}

/// linear_matrix.comp: subgroup, subgroups, shape; fragments down and across, subgroups across,
/// depth, buffers, transposed; GELU, addend, in place.
Specializations matrix(const vulkan::DeviceInfo& device) {
  Specializations all;
  for (const vulkan::MatrixShape& shape : device.matrix_shapes) {
    for (const std::uint32_t width : vulkan::subgroup_widths(device)) {
      const auto add = [&](std::uint32_t subgroups, std::uint32_t down, std::uint32_t across,
                           std::uint32_t subgroups_across, std::uint32_t buffers,
                           std::uint32_t transposed, bool residual) {
        all.push_back({width, subgroups, shape.rows, shape.columns, shape.inner, down, across,
                       subgroups_across, 2, buffers, transposed, residual ? 0U : 1U,
                       residual ? 1U : 0U, residual ? 1U : 0U});
      };
      for (const std::uint32_t transposed : {0U, 1U}) {
        // With fragments of 16×16: 64×64, 128×128 by four subgroups, 128×128 by eight.
        add(4, 2, 2, 2, 2, transposed, false);
        add(4, 4, 4, 2, 2, transposed, false);
        add(8, 4, 2, 4, 1, transposed, false);
        add(8, 4, 2, 4, 2, transposed, true);
      }
    }
  }
  return all;
}

/// ceiling_matrix.comp: subgroup, subgroups, shape, chains.
Specializations ceiling(const vulkan::DeviceInfo& device) {
  Specializations all;
  for (const vulkan::MatrixShape& shape : device.matrix_shapes) {
    for (const std::uint32_t width : vulkan::subgroup_widths(device)) {
      all.push_back({width, 4, shape.rows, shape.columns, shape.inner, 8});
    }
  }
  return all;
}

Specializations of(std::string_view shader, const vulkan::DeviceInfo& device) {
  if (shader.starts_with("linear_tiled")) return tiled(false);
  if (shader.starts_with("linear_packed")) return tiled(true);
  if (shader.starts_with("linear_matrix") && !device.matrix_shapes.empty()) return matrix(device);
  if (shader == "ceiling_matrix" && !device.matrix_shapes.empty()) return ceiling(device);
  return {{}};
}

}  // namespace

std::vector<RepresentativeKernel> representative_kernels(const vulkan::DeviceInfo& device) {
  std::vector<RepresentativeKernel> all;
  for (const vulkan::ShaderBinary& shader : vulkan::embedded_shaders()) {
    for (std::vector<std::uint32_t>& specialization : of(shader.name, device)) {
      all.push_back({shader.name, std::move(specialization)});
    }
  }
  return all;
}

}  // namespace gfnet::runtime
