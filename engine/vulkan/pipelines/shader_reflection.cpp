#include "vulkan/pipelines/shader_reflection.h"

#include <fmt/format.h>
#include <spirv_cross_c.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "gfnet/error.h"
#include "vulkan/pipelines/spirv_names.h"

namespace gfnet::vulkan {
namespace {

struct DestroyContext {
  void operator()(spvc_context context) const { spvc_context_destroy(context); }
};
using Context = std::unique_ptr<spvc_context_s, DestroyContext>;

/// Replaces the shader's cooperative-matrix types with vector types, because SPIRV-Cross before
/// 2025 cannot parse cooperative-matrix types. ShaderReflection does not depend on these types.
std::vector<std::uint32_t> without_matrices(std::span<const std::uint32_t> spirv) {
  constexpr std::size_t kHeaderWords = 5;
  std::vector<std::uint32_t> result(spirv.begin(),
                                    spirv.begin() + std::min(spirv.size(), kHeaderWords));
  for (std::size_t at = kHeaderWords; at < spirv.size();) {
    const std::size_t words = std::min<std::size_t>(spirv[at] >> 16, spirv.size() - at);
    if (words == 0) break;  // malformed: SPIRV-Cross reports it
    if ((spirv[at] & 0xFFFFU) == kSpvOpTypeCooperativeMatrixKHR && words > 2) {
      result.insert(result.end(), {4U << 16 | SpvOpTypeVector, spirv[at + 1], spirv[at + 2], 4});
    } else {
      const auto instruction = spirv.subspan(at, words);
      result.insert(result.end(), instruction.begin(), instruction.end());
    }
    at += words;
  }
  return result;
}

/// Reads the interface of one shader through SPIRV-Cross. All objects that SPIRV-Cross returns live
/// as long as `context_`.
class Reader {
 public:
  explicit Reader(const ShaderBinary& shader) : name_(shader.name) {
    spvc_context context = nullptr;
    if (spvc_context_create(&context) != SPVC_SUCCESS) fail("SPIRV-Cross cannot start");
    context_.reset(context);
    spvc_parsed_ir ir = nullptr;
    const std::vector<std::uint32_t> spirv = without_matrices(shader.spirv);
    check(spvc_context_parse_spirv(context, spirv.data(), spirv.size(), &ir));
    check(spvc_context_create_compiler(context, SPVC_BACKEND_NONE, ir,
                                       SPVC_CAPTURE_MODE_TAKE_OWNERSHIP, &compiler_));
    check(spvc_compiler_create_shader_resources(compiler_, &resources_));
  }

  ShaderReflection read() {
    if (spvc_compiler_get_execution_model(compiler_) != SpvExecutionModelGLCompute) {
      fail("is not a compute shader");
    }
    ShaderReflection result;
    read_buffers(result);
    read_push_constants(result);
    read_local_size(result);
    read_constants(result);
    read_capabilities(result);
    return result;
  }

 private:
  struct List {
    const spvc_reflected_resource* items = nullptr;
    std::size_t count = 0;
  };

  [[noreturn]] void fail(const std::string& cause) const {
    throw Error(fmt::format("shader '{}': {}", name_, cause));
  }

  void check(spvc_result result) const {
    if (result != SPVC_SUCCESS) fail(spvc_context_get_last_error_string(context_.get()));
  }

  List list(spvc_resource_type type) const {
    List result;
    check(
        spvc_resources_get_resource_list_for_type(resources_, type, &result.items, &result.count));
    return result;
  }

  void read_buffers(ShaderReflection& result) const {
    for (spvc_resource_type unused :
         {SPVC_RESOURCE_TYPE_STORAGE_IMAGE, SPVC_RESOURCE_TYPE_SEPARATE_IMAGE,
          SPVC_RESOURCE_TYPE_SEPARATE_SAMPLERS, SPVC_RESOURCE_TYPE_ATOMIC_COUNTER,
          SPVC_RESOURCE_TYPE_ACCELERATION_STRUCTURE}) {
      if (list(unused).count > 0) {
        fail("uses a resource that is neither a buffer nor a samplerBuffer");
      }
    }
    std::vector<std::optional<ShaderReflection::BufferBinding>> found;
    const List storage = list(SPVC_RESOURCE_TYPE_STORAGE_BUFFER);
    for (std::size_t i = 0; i < storage.count; ++i) {
      ShaderReflection::BufferBinding buffer;
      read_decorations(storage.items[i].id, buffer);
      insert(found, storage.items[i], std::move(buffer));
    }
    const List uniform = list(SPVC_RESOURCE_TYPE_UNIFORM_BUFFER);
    for (std::size_t i = 0; i < uniform.count; ++i) {
      ShaderReflection::BufferBinding buffer;
      buffer.kind = ShaderReflection::BufferKind::kUniform;
      buffer.writable = false;
      insert(found, uniform.items[i], std::move(buffer));
    }
    const List sampled = list(SPVC_RESOURCE_TYPE_SAMPLED_IMAGE);
    for (std::size_t i = 0; i < sampled.count; ++i) {
      const spvc_type type =
          spvc_compiler_get_type_handle(compiler_, sampled.items[i].base_type_id);
      if (spvc_type_get_image_dimension(type) != SpvDimBuffer) fail("uses an image");
      ShaderReflection::BufferBinding buffer;
      buffer.kind = ShaderReflection::BufferKind::kUniformTexel;
      buffer.writable = false;
      insert(found, sampled.items[i], std::move(buffer));
    }
    for (std::size_t binding = 0; binding < found.size(); ++binding) {
      if (!found[binding]) fail(fmt::format("has no buffer at binding {}", binding));
      result.buffers.push_back(std::move(*found[binding]));
    }
  }

  void insert(std::vector<std::optional<ShaderReflection::BufferBinding>>& found,
              const spvc_reflected_resource& resource,
              ShaderReflection::BufferBinding buffer) const {
    constexpr unsigned kMostBindings = 64;
    if (spvc_compiler_get_decoration(compiler_, resource.id, SpvDecorationDescriptorSet) != 0) {
      fail("uses a descriptor set other than 0");
    }
    const unsigned binding =
        spvc_compiler_get_decoration(compiler_, resource.id, SpvDecorationBinding);
    if (binding >= kMostBindings) fail(fmt::format("binding number too large: {}", binding));
    if (binding >= found.size()) found.resize(binding + 1);
    const char* name = spvc_compiler_get_name(compiler_, resource.id);
    buffer.name = name != nullptr && *name != '\0' ? name : resource.name;
    if (found[binding]) {
      // Two blocks on one binding, for example a scalar view and a vector view of one buffer.
      if (found[binding]->kind != buffer.kind) {
        fail(fmt::format("binding {} has buffers of two kinds", binding));
      }
      found[binding]->readable |= buffer.readable;
      found[binding]->writable |= buffer.writable;
      return;
    }
    found[binding] = std::move(buffer);
  }

  void read_decorations(spvc_variable_id id, ShaderReflection::BufferBinding& buffer) const {
    const SpvDecoration* decorations = nullptr;
    std::size_t count = 0;
    check(spvc_compiler_get_buffer_block_decorations(compiler_, id, &decorations, &count));
    const auto has = [&](SpvDecoration wanted) {
      return std::find(decorations, decorations + count, wanted) != decorations + count;
    };
    buffer.writable = !has(SpvDecorationNonWritable);
    buffer.readable = !has(SpvDecorationNonReadable);
  }

  void read_push_constants(ShaderReflection& result) const {
    const List blocks = list(SPVC_RESOURCE_TYPE_PUSH_CONSTANT);
    if (blocks.count == 0) return;
    const spvc_type type = spvc_compiler_get_type_handle(compiler_, blocks.items[0].base_type_id);
    std::size_t bytes = 0;
    check(spvc_compiler_get_declared_struct_size(compiler_, type, &bytes));
    result.push_constant_bytes = static_cast<std::uint32_t>(bytes);
  }

  void read_local_size(ShaderReflection& result) const {
    spvc_specialization_constant axes[3] = {};
    spvc_compiler_get_work_group_size_specialization_constants(compiler_, &axes[0], &axes[1],
                                                               &axes[2]);
    for (unsigned axis = 0; axis < 3; ++axis) {
      result.local_size[axis] = spvc_compiler_get_execution_mode_argument_by_index(
          compiler_, SpvExecutionModeLocalSize, axis);
      // An axis that no constant sets has id 0.
      if (axes[axis].id != 0) result.local_size_id[axis] = axes[axis].constant_id;
    }
  }

  /// Call it after read_local_size(), because it needs result.local_size_id.
  void read_constants(ShaderReflection& result) const {
    const spvc_specialization_constant* constants = nullptr;
    std::size_t count = 0;
    check(spvc_compiler_get_specialization_constants(compiler_, &constants, &count));
    for (std::size_t i = 0; i < count; ++i) {
      ShaderReflection::Constant constant;
      constant.id = constants[i].constant_id;
      constant.name = name_of(constants[i], result);
      constant.type = type_of(constants[i], constant);
      result.constants.push_back(std::move(constant));
    }
    std::ranges::sort(result.constants, {}, &ShaderReflection::Constant::id);
  }

  std::string name_of(const spvc_specialization_constant& constant,
                      const ShaderReflection& result) const {
    for (const char axis : {'x', 'y', 'z'}) {
      if (result.local_size_id[static_cast<std::size_t>(axis - 'x')] == constant.constant_id) {
        return std::string("local_size_") + axis;
      }
    }
    const char* name = spvc_compiler_get_name(compiler_, constant.id);
    return name == nullptr ? "" : name;
  }

  SpecializationConstant::Type type_of(const spvc_specialization_constant& constant,
                                       const ShaderReflection::Constant& named) const {
    const spvc_type_id type =
        spvc_constant_get_type(spvc_compiler_get_constant_handle(compiler_, constant.id));
    switch (spvc_type_get_basetype(spvc_compiler_get_type_handle(compiler_, type))) {
      case SPVC_BASETYPE_BOOLEAN:
        return SpecializationConstant::Type::kBool;
      case SPVC_BASETYPE_UINT32:
        return SpecializationConstant::Type::kUint;
      default:
        fail(fmt::format(
            "specialisation constant '{}' (constant_id {}) is neither a uint nor a bool",
            named.name, named.id));
    }
  }

  void read_capabilities(ShaderReflection& result) const {
    const SpvCapability* capabilities = nullptr;
    std::size_t count = 0;
    check(spvc_compiler_get_declared_capabilities(compiler_, &capabilities, &count));
    for (std::size_t i = 0; i < count; ++i) {
      result.capabilities.push_back(static_cast<std::uint32_t>(capabilities[i]));
    }
  }

  std::string name_;
  Context context_;
  spvc_compiler compiler_ = nullptr;
  spvc_resources resources_ = nullptr;
};

}  // namespace

ShaderReflection reflect(const ShaderBinary& shader) { return Reader(shader).read(); }

}  // namespace gfnet::vulkan
