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
    kUniformTexel,  ///< samplerBuffer: read-only, through a texel format
  };
  struct BufferBinding {
    std::string name;
    BufferKind kind = BufferKind::kStorage;
    bool readable = true;
    bool writable = true;
  };
  /// Buffers of descriptor set 0. The index is the binding number; bindings have no gaps.
  std::vector<BufferBinding> buffers;
  /// Bytes of the push-constant block; 0 without one.
  std::uint32_t push_constant_bytes = 0;
  /// A specialisation constant. name: from the source, or "local_size_x" and so on if it sets the
  /// workgroup's size. Empty if the SPIR-V was stripped of names.
  struct Constant {
    std::uint32_t id = 0;
    std::string name;
    SpecializationConstant::Type type = SpecializationConstant::Type::kUint;
  };
  /// By ascending id.
  std::vector<Constant> constants;
  /// Workgroup size before specialisation. For each axis, local_size_id is the id of the
  /// specialisation constant that sets the size, or kNotSpecialized.
  std::array<std::uint32_t, 3> local_size{1, 1, 1};
  static constexpr std::uint32_t kNotSpecialized = ~0U;
  std::array<std::uint32_t, 3> local_size_id{kNotSpecialized, kNotSpecialized, kNotSpecialized};
  /// SPIR-V capabilities that the shader declares: values of SpvCapability (spirv_names.h).
  std::vector<std::uint32_t> capabilities;
};

/// Reads the interface of a compute shader. Throws Error, which names the shader, if the SPIR-V is
/// malformed or uses something that the engine does not support (images, uniform blocks, descriptor
/// sets other than 0, gaps in the bindings, specialisation constants that are neither uint nor
/// bool).
ShaderReflection reflect(const ShaderBinary& shader);

}  // namespace gfnet::vulkan
