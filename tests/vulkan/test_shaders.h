#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/specialization.h"
#include "vulkan/pipelines/shader_library.h"

namespace gfnet::test {

/// The shaders of tests/vulkan/shaders; written by the build.
std::span<const vulkan::ShaderBinary> shaders();

inline const vulkan::ShaderBinary& shader(std::string_view name) {
  for (const vulkan::ShaderBinary& candidate : shaders()) {
    if (candidate.name == name) return candidate;
  }
  throw std::runtime_error("no test shader " + std::string(name));
}

/// The specialisation of add_value.comp.
inline Specialization add_value(std::uint32_t width, std::uint32_t times) {
  using Type = SpecializationConstant::Type;
  Specialization result;
  result.constants = {{"local_size_x", Type::kUint, width}, {"kTimes", Type::kUint, times}};
  result.workgroup = {width, 2, 1};
  result.push_constant_bytes = 8;
  return result;
}

/// Push constants of add_value.comp and scale.comp.
struct CountAndValue {
  std::uint32_t count;
  std::uint32_t value;
};

}  // namespace gfnet::test
