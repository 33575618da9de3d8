#pragma once

#include <cstdint>
#include <span>

#include "base/specialization.h"
#include "vulkan/pipelines/shader_library.h"
#include "vulkan/pipelines/shader_reflection.h"

namespace gfnet::vulkan {

/// Bytes of shared memory that a workgroup of the shader uses: the sum of the sizes of the shader's
/// `shared` variables, each aligned as in a storage buffer. reflection: the interface of this
/// shader (reflect). constants: the values of all specialisation constants by ascending id; empty
/// for the shader's defaults.
/// Sizes can depend on specialisation constants by integer arithmetic, comparisons and ?:. If the
/// engine cannot compute a variable's size, throws Error, which names the shader.
std::uint64_t shared_memory_bytes(const ShaderBinary& shader, const ShaderReflection& reflection,
                                  std::span<const SpecializationConstant> constants);

}  // namespace gfnet::vulkan
