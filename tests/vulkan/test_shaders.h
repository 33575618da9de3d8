#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

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

/// Push constants of add_value.comp and scale.comp.
struct CountAndValue {
  std::uint32_t count;
  std::uint32_t value;
};

}  // namespace gfnet::test
