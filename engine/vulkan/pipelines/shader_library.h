#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gfnet::vulkan {

/// A shader compiled to SPIR-V at build time. name: the name of the shader's file without the
/// extension. A file can also be compiled as a variant, with macros defined. The name of a variant
/// comes from a comment `// variant: NAME MACROS` in the file.
struct ShaderBinary {
  std::string_view name;
  std::span<const std::uint32_t> spirv;
};

/// All shaders in the repository's folder shaders/ that the build's shader compiler could compile,
/// sorted by name.
std::span<const ShaderBinary> embedded_shaders();

/// Hash of all embedded shaders. The keys of cache files that depend on the shaders contain this
/// hash.
std::uint64_t embedded_shaders_digest();

/// The embedded shader of that name. Throws Error if this build has no such shader.
const ShaderBinary& find_shader(std::string_view name);
/// The embedded shader of that name; nullptr if this build has no such shader. The build skips a
/// shader if the shader compiler does not know a GLSL extension that the shader needs.
const ShaderBinary* find_shader_if(std::string_view name);

}  // namespace gfnet::vulkan
