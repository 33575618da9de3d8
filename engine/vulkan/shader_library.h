#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gfnet::vulkan {

/// A shader compiled at build time. name: the file's stem, or a variant's name
/// (cmake/Shaders.cmake).
struct ShaderBinary {
  std::string_view name;
  std::span<const std::uint32_t> spirv;
};

/// Every shader of shaders/ that the build's compiler could compile, sorted by name.
std::span<const ShaderBinary> embedded_shaders();

/// A hash of all of them, for what is remembered about them between runs.
std::uint64_t embedded_shaders_digest();

/// Throws Error if the build holds no shader of that name.
const ShaderBinary& find_shader(std::string_view name);
/// nullptr if the build holds no shader of that name (one whose GLSL extension was too new, say).
const ShaderBinary* find_shader_if(std::string_view name);

}  // namespace gfnet::vulkan
