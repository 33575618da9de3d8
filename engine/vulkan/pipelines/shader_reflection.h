#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/specialization.h"
#include "vulkan/pipelines/shader_library.h"

namespace gfnet::vulkan {

/// Interface of a compute shader, read from its SPIR-V.
struct ShaderReflection {
  enum class BufferKind {
    kStorage,       ///< buffer block
    kUniform,       ///< uniform block: read-only, at most 16 KiB
    kUniformTexel,  ///< samplerBuffer: read-only, through a texel format
  };
  static constexpr std::size_t kBufferKinds = 3;
  struct BufferBinding {
    std::string name;
    BufferKind kind = BufferKind::kStorage;
    bool readable = true;
    bool writable = true;
  };
  /// Buffers of descriptor set 0. The index in this vector is the binding number; bindings have no
  /// gaps.
  std::vector<BufferBinding> buffers;
  /// Bytes of the push-constant block; 0 if the shader has no such block.
  std::uint32_t push_constant_bytes = 0;
  /// A specialisation constant. name: the name in the source. If the constant sets the workgroup's
  /// size along an axis, `name` is "local_size_x", "local_size_y" or "local_size_z". Empty if the
  /// SPIR-V was stripped of names.
  struct Constant {
    std::uint32_t id = 0;
    std::string name;
    SpecializationConstant::Type type = SpecializationConstant::Type::kUint;
  };
  /// In ascending order of Constant::id.
  std::vector<Constant> constants;
  /// Workgroup size along x, y and z before specialisation. For each axis, local_size_id is the id
  /// of the specialisation constant that sets the size, or kNotSpecialized if no constant sets it.
  std::array<std::uint32_t, 3> local_size{1, 1, 1};
  static constexpr std::uint32_t kNotSpecialized = ~0U;
  std::array<std::uint32_t, 3> local_size_id{kNotSpecialized, kNotSpecialized, kNotSpecialized};
  /// SPIR-V capabilities that the shader declares: values of SpvCapability (spirv_names.h).
  std::vector<std::uint32_t> capabilities;
};

/// Reads the interface of a compute shader. Throws Error, which names the shader, if the SPIR-V is
/// malformed or uses something that the engine does not support (images, descriptor sets other than
/// 0, gaps in the bindings, specialisation constants that are neither uint nor bool).
ShaderReflection reflect(const ShaderBinary& shader);

}  // namespace gfnet::vulkan
