#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/specialization.h"
#include "vulkan/device.h"
#include "vulkan/handle.h"
#include "vulkan/pipelines/pipeline_cache.h"
#include "vulkan/pipelines/shader_reflection.h"

namespace gfnet::vulkan {

/// One fact that the driver reports about a compiled pipeline, such as its registers, shared memory
/// or occupancy. executable: the part of the pipeline that the fact is about. value: text, in the
/// driver's unit.
struct PipelineStatistic {
  std::string executable;
  std::string name;
  std::string value;
  std::string description;
};

/// A compute pipeline with its layout. Move-only.
class Pipeline {
 public:
  struct Options {
    /// Asks the driver to keep the pipeline's statistics, for statistics(). May slow down
    /// compilation.
    bool keep_statistics = false;
  };

  /// specialization: the shader's specialisation constants; nullopt for the shader's defaults. If
  /// `specialization` has a subgroup width, the pipeline runs in full subgroups of this width.
  /// Throws Error if the shader's SPIR-V disagrees with `specialization` (check_specialization).
  /// Throws UnsupportedError if the device lacks a capability that the shader needs, or if the
  /// device's limits do not allow the workgroup, shared memory, push constants, storage buffers or
  /// subgroup width. Throws VulkanError.
  Pipeline(const Device& device, const PipelineCache& cache, const ShaderBinary& shader,
           const std::optional<Specialization>& specialization = {},
           Options options = Options{false});
  /// Makes the pipeline of the embedded shader with the given name (find_shader). Also throws Error
  /// if this build has no such shader.
  Pipeline(const Device& device, const PipelineCache& cache, std::string_view shader,
           const std::optional<Specialization>& specialization = {},
           Options options = Options{false});

  const std::string& name() const { return name_; }
  const ShaderReflection& reflection() const { return reflection_; }
  /// Invocations of a workgroup along x, y and z, after specialisation.
  const std::array<std::uint32_t, 3>& workgroup_size() const { return workgroup_size_; }
  /// Number of workgroups along each axis for `threads` threads: ceil(threads / workgroup size).
  /// Throws UnsupportedError if a number exceeds the device's limit.
  std::array<std::uint32_t, 3> workgroup_count(const std::array<std::uint32_t, 3>& threads) const;

  /// The driver's statistics of the compiled code. Empty if Options::keep_statistics was not set,
  /// or if the device lacks VK_KHR_pipeline_executable_properties. Throws VulkanError.
  std::vector<PipelineStatistic> statistics() const;

  VkPipeline handle() const { return pipeline_.get(); }
  VkPipelineLayout layout() const { return layout_.get(); }
  VkDescriptorSetLayout set_layout() const { return set_layout_.get(); }
  /// Vulkan's type of the descriptor for a buffer of this kind.
  static VkDescriptorType descriptor_type(ShaderReflection::BufferKind kind);

 private:
  const Device* device_;
  std::string name_;
  ShaderReflection reflection_;
  std::array<std::uint32_t, 3> workgroup_size_{1, 1, 1};
  bool has_statistics_ = false;
  Handle<VkDescriptorSetLayout, DestroySetLayout> set_layout_;
  Handle<VkPipelineLayout, DestroyPipelineLayout> layout_;
  Handle<VkPipeline, DestroyPipeline> pipeline_;
};

}  // namespace gfnet::vulkan
