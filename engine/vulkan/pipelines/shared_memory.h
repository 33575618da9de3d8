#pragma once

#include <cstdint>
#include <span>

#include "base/specialization.h"
#include "vulkan/pipelines/shader_library.h"
#include "vulkan/pipelines/shader_reflection.h"

namespace gfnet::vulkan {

/// Bytes of shared memory that a workgroup of the shader uses: the sizes of its `shared` variables,
/// each aligned as in a storage buffer. reflection: of this shader. constants: the values of all
/// specialisation constants by ascending id; empty for the shader's defaults.
/// Throws Error, which names the shader, if a variable's size is no constant that the engine can
/// compute. Sizes can depend on specialisation constants by integer arithmetic, comparisons and ?:.
std::uint64_t shared_memory_bytes(const ShaderBinary& shader, const ShaderReflection& reflection,
                                  std::span<const SpecializationConstant> constants);

}  // namespace gfnet::vulkan
