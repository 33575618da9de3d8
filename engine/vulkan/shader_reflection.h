#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vulkan/shader_library.h"

namespace gfnet::vulkan {

/// Interface of a compute shader, read from its SPIR-V.
struct ShaderReflection {
  enum class BufferKind {
    kStorage,       ///< buffer block
    kUniformTexel,  ///< samplerBuffer: read-only, through a texel format
  };
  struct BufferBinding {
    std::string name;
    BufferKind kind = BufferKind::kStorage;
    bool readable = true;
    bool writable = true;
  };
  /// Buffers of set 0, by binding: 0, 1, 2, … without gaps.
  std::vector<BufferBinding> buffers;
  /// Bytes of the push-constant block; 0 without one.
  std::uint32_t push_constant_bytes = 0;
  /// Ids of the specialisation constants, ascending.
  std::vector<std::uint32_t> specialization_ids;
  /// Workgroup size before specialisation, and for each axis the id of the constant that sets it.
  std::array<std::uint32_t, 3> local_size{1, 1, 1};
  static constexpr std::uint32_t kNotSpecialized = ~0U;
  std::array<std::uint32_t, 3> local_size_id{kNotSpecialized, kNotSpecialized, kNotSpecialized};
  /// SPIR-V capabilities the shader declares (numbers of the SPIR-V specification).
  std::vector<std::uint32_t> capabilities;
};

/// Reads the interface of a compute shader. Throws Error, which names the shader, if the SPIR-V is
/// malformed or uses something that the engine does not support (images, uniform blocks, descriptor
/// sets other than 0, gaps in the bindings).
ShaderReflection reflect(const ShaderBinary& shader);

}  // namespace gfnet::vulkan
