#include "vulkan/pipelines/shader_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "gfnet/error.h"

namespace gfnet::vulkan {

const ShaderBinary* find_shader_if(std::string_view name) {
  const std::span<const ShaderBinary> all = embedded_shaders();
  const auto found = std::lower_bound(
      all.begin(), all.end(), name,
      [](const ShaderBinary& shader, std::string_view wanted) { return shader.name < wanted; });
  return found != all.end() && found->name == name ? &*found : nullptr;
}

std::uint64_t embedded_shaders_digest() {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a, a word at a time
  const auto take = [&hash](std::uint64_t word) { hash = (hash ^ word) * 0x100000001B3ULL; };
  for (const ShaderBinary& shader : embedded_shaders()) {
    for (char c : shader.name) take(static_cast<unsigned char>(c));
    for (std::uint32_t word : shader.spirv) take(word);
  }
  return hash;
}

const ShaderBinary& find_shader(std::string_view name) {
  const ShaderBinary* shader = find_shader_if(name);
  if (shader == nullptr) throw Error(fmt::format("this build has no shader '{}'", name));
  return *shader;
}

}  // namespace gfnet::vulkan
