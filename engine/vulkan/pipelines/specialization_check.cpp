#include "vulkan/pipelines/specialization_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "gfnet/error.h"
#include "vulkan/pipelines/shared_memory.h"
#include "vulkan/pipelines/spirv_names.h"

namespace gfnet::vulkan {
namespace {

using Type = SpecializationConstant::Type;

std::string type_text(Type type) { return type == Type::kBool ? "bool" : "uint"; }

/// A constant of the shader for a message: "'kLanes' (constant_id 2)".
std::string text_of(const ShaderReflection::Constant& constant) {
  const std::string id = fmt::format("constant_id {}", constant.id);
  return constant.name.empty() ? id : fmt::format("'{}' ({})", constant.name, id);
}

void check_constants(const std::string& shader, const ShaderReflection& reflection,
                     const Specialization& specialization) {
  const auto& wanted = reflection.constants;
  const auto& given = specialization.constants;
  const std::size_t common = std::min(wanted.size(), given.size());
  for (std::size_t i = 0; i < common; ++i) {
    const std::string place = fmt::format("{}: specialisation constant {} is ", shader, i);
    if (!wanted[i].name.empty() && wanted[i].name != given[i].name) {
      throw Error(fmt::format("{}{} in the shader, but '{}' in C++", place, text_of(wanted[i]),
                              given[i].name));
    }
    if (wanted[i].type != given[i].type) {
      throw Error(fmt::format("{}{}, a {} in the shader, but a {} in C++", place,
                              text_of(wanted[i]), type_text(wanted[i].type),
                              type_text(given[i].type)));
    }
  }
  if (wanted.size() == given.size()) return;
  throw Error(fmt::format(
      "{} has {} specialisation constants, but C++ gives {}{}", shader, wanted.size(), given.size(),
      wanted.size() > common ? fmt::format(": {} is missing", text_of(wanted[common]))
                             : fmt::format(": '{}' is not in the shader", given[common].name)));
}

/// If the shader has operations that depend on the subgroup's width, returns their kind as a text
/// for messages; otherwise nullptr.
const char* subgroup_use(const ShaderReflection& reflection) {
  for (const std::uint32_t capability : reflection.capabilities) {
    if (capability == kSpvCapabilityCooperativeMatrixKHR) return "cooperative matrices";
    if (capability >= SpvCapabilityGroupNonUniform &&
        capability <= SpvCapabilityGroupNonUniformQuad) {
      return "subgroup operations";
    }
  }
  return nullptr;
}

void check_subgroups(const std::string& shader, const ShaderReflection& reflection,
                     const Specialization& specialization) {
  const std::uint32_t width = specialization.subgroup_width;
  if (width == 0) {
    if (const char* use = subgroup_use(reflection)) {
      throw Error(fmt::format("{} has {}, but C++ does not ask for a subgroup width", shader, use));
    }
  } else if (specialization.workgroup[0] % width != 0) {
    throw Error(fmt::format("{}: a workgroup of {} is not made of whole subgroups of {}", shader,
                            size_text(specialization.workgroup), width));
  }
}

}  // namespace

void check_specialization(const ShaderBinary& shader, const ShaderReflection& reflection,
                          const Specialization& specialization) {
  const std::string name = fmt::format("shader '{}'", shader.name);
  check_constants(name, reflection, specialization);
  const auto workgroup = workgroup_size(reflection, specialization.constants);
  if (workgroup != specialization.workgroup) {
    throw Error(fmt::format("{} has workgroups of {}, but C++ expects {}", name,
                            size_text(workgroup), size_text(specialization.workgroup)));
  }
  const std::uint64_t shared = shared_memory_bytes(shader, reflection, specialization.constants);
  if (shared != specialization.shared_bytes) {
    throw Error(fmt::format("{} uses {} bytes of shared memory, but C++ expects {}", name, shared,
                            specialization.shared_bytes));
  }
  if (reflection.push_constant_bytes != specialization.push_constant_bytes) {
    throw Error(fmt::format("{} has {} bytes of push constants, but C++ has {}", name,
                            reflection.push_constant_bytes, specialization.push_constant_bytes));
  }
  check_subgroups(name, reflection, specialization);
}

std::array<std::uint32_t, 3> workgroup_size(const ShaderReflection& reflection,
                                            std::span<const SpecializationConstant> constants) {
  std::array<std::uint32_t, 3> size = reflection.local_size;
  const std::size_t count = std::min(constants.size(), reflection.constants.size());
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (reflection.local_size_id[axis] == reflection.constants[i].id) {
        size[axis] = constants[i].value;
      }
    }
  }
  return size;
}

std::string size_text(const std::array<std::uint32_t, 3>& size) {
  return fmt::format("{}×{}×{}", size[0], size[1], size[2]);
}

}  // namespace gfnet::vulkan
