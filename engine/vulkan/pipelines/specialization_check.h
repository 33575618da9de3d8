#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "base/specialization.h"
#include "vulkan/pipelines/shader_library.h"
#include "vulkan/pipelines/shader_reflection.h"

namespace gfnet::vulkan {

/// Compares `specialization`, which is what C++ states about a shader, with the shader's SPIR-V.
/// Compared are the number, order, names and types of the specialisation constants; the workgroup's
/// size and the shared memory, for the given values of the constants; and the size of the push
/// constants. If the SPIR-V has no names, names are not compared. If the shader has subgroup
/// operations, `specialization` must give a subgroup width. If `specialization` gives a subgroup
/// width, the workgroup's size along x must be a multiple of this width. reflection: the interface
/// of this shader (reflect).
/// Throws Error at the first difference. The message names the shader and the constant.
void check_specialization(const ShaderBinary& shader, const ShaderReflection& reflection,
                          const Specialization& specialization);

/// Invocations of a workgroup along x, y and z. constants: the values of all specialisation
/// constants by ascending id; empty for the shader's defaults.
std::array<std::uint32_t, 3> workgroup_size(const ShaderReflection& reflection,
                                            std::span<const SpecializationConstant> constants);

/// The size as text: "8×4×1".
std::string size_text(const std::array<std::uint32_t, 3>& size);

}  // namespace gfnet::vulkan
