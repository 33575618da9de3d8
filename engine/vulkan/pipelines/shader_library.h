#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gfnet::vulkan {

/// A shader compiled to SPIR-V at build time. name: the stem of the shader's file. A file can also
/// be compiled as a variant, with macros defined; then name is the variant's name, from a comment
/// `// variant: NAME MACROS` in the file.
struct ShaderBinary {
  std::string_view name;
  std::span<const std::uint32_t> spirv;
};

/// All shaders of shaders/ that the build's compiler could compile, sorted by name.
std::span<const ShaderBinary> embedded_shaders();

/// Hash of all embedded shaders. Cache files that depend on the shaders have it in their keys.
std::uint64_t embedded_shaders_digest();

/// The embedded shader of that name. Throws Error if this build has none.
const ShaderBinary& find_shader(std::string_view name);
/// The embedded shader of that name; nullptr if this build has none. The build skips a shader if
/// the shader compiler does not know one of its GLSL extensions.
const ShaderBinary* find_shader_if(std::string_view name);

}  // namespace gfnet::vulkan
