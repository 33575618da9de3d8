#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "base/specialization.h"
#include "vulkan/pipelines/shader_library.h"
#include "vulkan/pipelines/shader_reflection.h"

namespace gfnet::vulkan {

/// Compares what C++ states about a shader with its SPIR-V: number, order, names and types of the
/// specialisation constants; with their values the workgroup's size and the shared memory; the size
/// of the push constants; and that a shader with subgroup operations asks for a subgroup width.
/// Names are compared where the SPIR-V has them. reflection: of this shader.
/// Throws Error at the first difference. The message names the shader and the constant.
void check_specialization(const ShaderBinary& shader, const ShaderReflection& reflection,
                          const Specialization& specialization);

/// Invocations of a workgroup along x, y and z. constants: as in shared_memory_bytes().
std::array<std::uint32_t, 3> workgroup_size(const ShaderReflection& reflection,
                                            std::span<const SpecializationConstant> constants);

/// The size as text: "8×4×1".
std::string size_text(const std::array<std::uint32_t, 3>& size);

}  // namespace gfnet::vulkan
