#include "vulkan/pipelines/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "gfnet/error.h"
#include "vulkan/pipelines/shared_memory.h"
#include "vulkan/pipelines/specialization_check.h"
#include "vulkan/pipelines/spirv_names.h"

namespace gfnet::vulkan {
namespace {

/// Returns nullptr if the SPIR-V capability is available. Otherwise returns the name of the feature
/// that is missing, because the device lacks it or because the engine does not enable it.
const char* missing_capability(std::uint32_t capability, const DeviceInfo& info) {
  const auto unless = [](bool has, const char* name) { return has ? nullptr : name; };
  switch (capability) {
    case SpvCapabilityMatrix:
    case SpvCapabilityShader:
    case SpvCapabilitySampledBuffer:
    case SpvCapabilityImageBuffer:
    case SpvCapabilityImageQuery:
      return nullptr;
    case SpvCapabilityFloat16:
      return unless(info.fp16_arithmetic, "f16 arithmetic");
    case SpvCapabilityInt8:
      return unless(info.int8_arithmetic, "int8 arithmetic");
    case SpvCapabilityGroupNonUniform:
      return unless(info.subgroup_basic, "subgroup operations");
    case SpvCapabilityGroupNonUniformVote:
      return unless(info.subgroup_vote, "subgroup votes");
    case SpvCapabilityGroupNonUniformArithmetic:
      return unless(info.subgroup_arithmetic, "subgroup arithmetic");
    case SpvCapabilityGroupNonUniformBallot:
      return unless(info.subgroup_ballot, "subgroup ballots");
    case SpvCapabilityGroupNonUniformShuffle:
      return unless(info.subgroup_shuffle, "subgroup shuffles");
    case SpvCapabilityStorageBuffer16BitAccess:
      return unless(info.fp16_storage, "f16 storage buffers");
    case SpvCapabilityStorageBuffer8BitAccess:
      return unless(info.int8_storage, "int8 storage buffers");
    case SpvCapabilityFloat64:
      return "f64 arithmetic";
    case SpvCapabilityInt64:
      return unless(info.int64_arithmetic, "int64 arithmetic");
    case SpvCapabilityInt16:
      return "int16 arithmetic";
    case SpvCapabilityStoragePushConstant16:
      return "f16 push constants";
    case SpvCapabilityVulkanMemoryModel:  // enabled for cooperative matrices only
    case kSpvCapabilityCooperativeMatrixKHR:
      return unless(info.cooperative_matrix, "cooperative matrices");
    default:
      return "a SPIR-V capability that the engine does not enable";
  }
}

void check_capabilities(const std::string& name, const ShaderReflection& reflection,
                        const DeviceInfo& info) {
  for (std::uint32_t capability : reflection.capabilities) {
    if (const char* missing = missing_capability(capability, info)) {
      throw UnsupportedError(
          fmt::format("shader '{}' needs {} (capability {})", name, missing, capability),
          info.name);
    }
  }
}

/// Throws UnsupportedError if the shader exceeds a limit of the device. size: invocations of a
/// workgroup along x, y and z. shared_bytes: shared memory of a workgroup.
void check_limits(const std::string& name, const ShaderReflection& reflection,
                  const std::array<std::uint32_t, 3>& size, std::uint64_t shared_bytes,
                  const DeviceInfo& info) {
  std::uint64_t invocations = 1;
  bool fits = true;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    invocations *= size[axis];
    fits = fits && size[axis] > 0 && size[axis] <= info.max_workgroup_size[axis];
  }
  if (!fits || invocations > info.max_workgroup_invocations) {
    throw UnsupportedError(
        fmt::format("shader '{}' with a workgroup of {} (limit: {} per axis, {} in total)", name,
                    size_text(size), size_text(info.max_workgroup_size),
                    info.max_workgroup_invocations),
        info.name);
  }
  if (shared_bytes > info.max_shared_memory) {
    throw UnsupportedError(fmt::format("shader '{}' with {} bytes of shared memory (limit: {})",
                                       name, shared_bytes, info.max_shared_memory),
                           info.name);
  }
  if (reflection.push_constant_bytes > info.max_push_constants) {
    throw UnsupportedError(
        fmt::format("shader '{}' with {} bytes of push constants (limit: {})", name,
                    reflection.push_constant_bytes, info.max_push_constants),
        info.name);
  }
  // Texel buffers count as sampled images. Every device supports at least 16 of those.
  const auto storage_buffers =
      std::ranges::count(reflection.buffers, ShaderReflection::BufferKind::kStorage,
                         &ShaderReflection::BufferBinding::kind);
  if (storage_buffers > static_cast<std::int64_t>(info.max_storage_buffers_per_stage)) {
    throw UnsupportedError(fmt::format("shader '{}' with {} storage buffers (limit: {})", name,
                                       storage_buffers, info.max_storage_buffers_per_stage),
                           info.name);
  }
}

/// The subgroup size to request from the driver, so that subgroups have this width. 0 (no request)
/// if `width` is 0, or if the driver accepts no request because all subgroups of the device have
/// this width. Throws UnsupportedError if the device cannot run subgroups of this width.
std::uint32_t required_subgroup_size(const std::string& name, std::uint32_t width,
                                     const DeviceInfo& info) {
  if (width == 0) return 0;
  if (std::ranges::count(subgroup_widths(info), width) == 0) {
    throw UnsupportedError(fmt::format("shader '{}' in subgroups of {} (supported: {} to {})", name,
                                       width, info.min_subgroup_size, info.max_subgroup_size),
                           info.name);
  }
  return info.subgroup_size_control ? width : 0;
}

Handle<VkDescriptorSetLayout, DestroySetLayout> make_set_layout(
    const DeviceFunctions& vk, const ShaderReflection& reflection) {
  std::vector<VkDescriptorSetLayoutBinding> bindings;
  for (const ShaderReflection::BufferBinding& buffer : reflection.buffers) {
    bindings.push_back({static_cast<std::uint32_t>(bindings.size()),
                        Pipeline::descriptor_type(buffer.kind), 1, VK_SHADER_STAGE_COMPUTE_BIT,
                        nullptr});
  }
  VkDescriptorSetLayoutCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO;
  create.bindingCount = static_cast<std::uint32_t>(bindings.size());
  create.pBindings = bindings.data();
  VkDescriptorSetLayout layout = VK_NULL_HANDLE;
  GFNET_VK(vk.vkCreateDescriptorSetLayout(vk.device, &create, nullptr, &layout));
  return {vk, layout};
}

Handle<VkPipelineLayout, DestroyPipelineLayout> make_layout(const DeviceFunctions& vk,
                                                            VkDescriptorSetLayout set_layout,
                                                            std::uint32_t push_bytes) {
  const VkPushConstantRange range{VK_SHADER_STAGE_COMPUTE_BIT, 0, push_bytes};
  VkPipelineLayoutCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
  create.setLayoutCount = 1;
  create.pSetLayouts = &set_layout;
  create.pushConstantRangeCount = push_bytes > 0 ? 1 : 0;
  create.pPushConstantRanges = &range;
  VkPipelineLayout layout = VK_NULL_HANDLE;
  GFNET_VK(vk.vkCreatePipelineLayout(vk.device, &create, nullptr, &layout));
  return {vk, layout};
}

Handle<VkShaderModule, DestroyShaderModule> make_module(const DeviceFunctions& vk,
                                                        const ShaderBinary& shader) {
  VkShaderModuleCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
  create.codeSize = shader.spirv.size_bytes();
  create.pCode = shader.spirv.data();
  VkShaderModule shader_module = VK_NULL_HANDLE;
  GFNET_VK(vk.vkCreateShaderModule(vk.device, &create, nullptr, &shader_module));
  return {vk, shader_module};
}

std::string value_text(VkPipelineExecutableStatisticFormatKHR format,
                       const VkPipelineExecutableStatisticValueKHR& value) {
  switch (format) {
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_BOOL32_KHR:
      return value.b32 != 0 ? "yes" : "no";
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_INT64_KHR:
      return std::to_string(value.i64);
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_UINT64_KHR:
      return std::to_string(value.u64);
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_FLOAT64_KHR:
      return std::to_string(value.f64);
    default:
      return "?";
  }
}

}  // namespace

VkDescriptorType Pipeline::descriptor_type(ShaderReflection::BufferKind kind) {
  switch (kind) {
    case ShaderReflection::BufferKind::kStorage:
      return VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    case ShaderReflection::BufferKind::kUniform:
      return VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
    case ShaderReflection::BufferKind::kUniformTexel:
      return VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
  }
  return VK_DESCRIPTOR_TYPE_MAX_ENUM;
}

Pipeline::Pipeline(const Device& device, const PipelineCache& cache, const ShaderBinary& shader,
                   const std::optional<Specialization>& specialization, Options options)
    : device_(&device), name_(shader.name), reflection_(reflect(shader)) {
  const DeviceInfo& info = device.info();
  if (specialization) check_specialization(shader, reflection_, *specialization);
  std::span<const SpecializationConstant> constants;
  if (specialization) constants = specialization->constants;
  workgroup_size_ = gfnet::vulkan::workgroup_size(reflection_, constants);
  check_capabilities(name_, reflection_, info);
  check_limits(name_, reflection_, workgroup_size_,
               shared_memory_bytes(shader, reflection_, constants), info);
  std::vector<std::uint32_t> data;
  std::vector<VkSpecializationMapEntry> entries;
  for (const SpecializationConstant& constant : constants) {
    const auto offset = static_cast<std::uint32_t>(data.size() * sizeof(std::uint32_t));
    entries.push_back({reflection_.constants[data.size()].id, offset, sizeof(std::uint32_t)});
    data.push_back(constant.value);
  }
  VkPipelineShaderStageRequiredSubgroupSizeCreateInfo subgroups{};
  subgroups.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO;
  subgroups.requiredSubgroupSize =
      required_subgroup_size(name_, specialization ? specialization->subgroup_width : 0, info);

  set_layout_ = make_set_layout(device.vk(), reflection_);
  layout_ = make_layout(device.vk(), set_layout_.get(), reflection_.push_constant_bytes);
  const auto shader_module = make_module(device.vk(), shader);
  const VkSpecializationInfo values{static_cast<std::uint32_t>(entries.size()), entries.data(),
                                    data.size() * sizeof(std::uint32_t), data.data()};
  has_statistics_ = options.keep_statistics && info.pipeline_statistics;
  VkComputePipelineCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
  create.flags = has_statistics_ ? VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR : 0;
  create.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  create.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  if (subgroups.requiredSubgroupSize != 0) {
    create.stage.pNext = &subgroups;
    create.stage.flags = VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT;
  }
  create.stage.module = shader_module.get();
  create.stage.pName = "main";
  create.stage.pSpecializationInfo = entries.empty() ? nullptr : &values;
  create.layout = layout_.get();
  VkPipeline pipeline = VK_NULL_HANDLE;
  check(device.vk().vkCreateComputePipelines(device.handle(), cache.handle(), 1, &create, nullptr,
                                             &pipeline),
        fmt::format("vkCreateComputePipelines of shader '{}'", name_).c_str());
  pipeline_ = {device.vk(), pipeline};
}

Pipeline::Pipeline(const Device& device, const PipelineCache& cache, std::string_view shader,
                   const std::optional<Specialization>& specialization, Options options)
    : Pipeline(device, cache, find_shader(shader), specialization, options) {}

std::array<std::uint32_t, 3> Pipeline::workgroup_count(
    const std::array<std::uint32_t, 3>& threads) const {
  std::array<std::uint32_t, 3> count{};
  const DeviceInfo& info = device_->info();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    count[axis] = threads[axis] / workgroup_size_[axis] +
                  (threads[axis] % workgroup_size_[axis] != 0 ? 1 : 0);
    if (count[axis] > info.max_workgroup_count[axis]) {
      throw UnsupportedError(
          fmt::format("shader '{}' over {} threads: {} workgroups along axis {} (limit: {})", name_,
                      size_text(threads), count[axis], axis, info.max_workgroup_count[axis]),
          info.name);
    }
  }
  return count;
}

std::vector<PipelineStatistic> Pipeline::statistics() const {
  std::vector<PipelineStatistic> result;
  if (!has_statistics_) return result;
  const DeviceFunctions& vk = device_->vk();
  const VkPipelineInfoKHR pipeline_info{VK_STRUCTURE_TYPE_PIPELINE_INFO_KHR, nullptr,
                                        pipeline_.get()};
  std::uint32_t count = 0;
  GFNET_VK(vk.vkGetPipelineExecutablePropertiesKHR(vk.device, &pipeline_info, &count, nullptr));
  VkPipelineExecutablePropertiesKHR empty_executable{};
  empty_executable.sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_PROPERTIES_KHR;
  std::vector<VkPipelineExecutablePropertiesKHR> executables(count, empty_executable);
  GFNET_VK(vk.vkGetPipelineExecutablePropertiesKHR(vk.device, &pipeline_info, &count,
                                                   executables.data()));
  for (std::uint32_t executable = 0; executable < count; ++executable) {
    const VkPipelineExecutableInfoKHR which{VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR, nullptr,
                                            pipeline_.get(), executable};
    if (executables[executable].subgroupSize != 0) {
      result.push_back({executables[executable].name, "Subgroup size",
                        std::to_string(executables[executable].subgroupSize),
                        "Invocations per subgroup in the compiled code"});
    }
    std::uint32_t figures = 0;
    GFNET_VK(vk.vkGetPipelineExecutableStatisticsKHR(vk.device, &which, &figures, nullptr));
    VkPipelineExecutableStatisticKHR empty_figure{};
    empty_figure.sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR;
    std::vector<VkPipelineExecutableStatisticKHR> statistics(figures, empty_figure);
    GFNET_VK(
        vk.vkGetPipelineExecutableStatisticsKHR(vk.device, &which, &figures, statistics.data()));
    for (const VkPipelineExecutableStatisticKHR& statistic : statistics) {
      result.push_back({executables[executable].name, statistic.name,
                        value_text(statistic.format, statistic.value), statistic.description});
    }
  }
  return result;
}

}  // namespace gfnet::vulkan
