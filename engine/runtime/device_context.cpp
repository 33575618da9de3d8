#include "runtime/device_context.h"

#include <algorithm>

#include "base/cache_dir.h"
#include "vulkan/shader_library.h"

namespace gfnet::runtime {

DeviceContext::DeviceContext(const std::string& want, bool validation,
                             const std::filesystem::path& cache_directory)
    : cache_directory_(cache_directory.empty() ? gfnet::cache_directory() : cache_directory),
      instance_(std::make_shared<vulkan::Instance>(vulkan::Instance::Options{validation})),
      device_(*instance_, vulkan::select_device(instance_->devices(), want)),
      pipeline_cache_(device_, cache_directory_),
      choices_(device_.info(), cache_directory_) {}

plan::DeviceFacts DeviceContext::facts() const {
  const vulkan::DeviceInfo& info = device_.info();
  plan::DeviceFacts facts;
  facts.name = info.name;
  facts.software = info.type == vulkan::DeviceType::kCpu;
  facts.buffer_alignment = device_.buffer_alignment();
  facts.max_buffer_bytes = std::min(info.max_storage_buffer_range, info.max_memory_allocation);
  facts.max_allocation_bytes = info.max_memory_allocation;
  facts.max_workgroup_invocations =
      std::min(info.max_workgroup_invocations, info.max_workgroup_size[0]);
  facts.max_shared_memory = info.max_shared_memory;
  facts.max_workgroup_count = *std::ranges::min_element(info.max_workgroup_count);
  if (info.min_subgroup_size == info.max_subgroup_size) facts.subgroup_size = info.subgroup_size;
  facts.subgroup_broadcast = info.subgroup_ballot;
  facts.max_texel_elements = info.max_texel_buffer_elements;
  facts.half_storage = info.fp16_storage;
  facts.half_arithmetic = info.fp16_arithmetic;
  if (vulkan::find_shader_if("linear_matrix") != nullptr) {
    for (const vulkan::MatrixShape& shape : info.matrix_shapes) {
      facts.matrix_shapes.push_back({shape.rows, shape.columns, shape.inner});
    }
  }
  facts.subgroup_widths = vulkan::subgroup_widths(info);
  return facts;
}

const vulkan::Pipeline& DeviceContext::pipeline(const std::string& shader,
                                                const std::vector<std::uint32_t>& specialization) {
  const auto key = std::pair(shader, specialization);
  const auto found = pipelines_.find(key);
  if (found != pipelines_.end()) return found->second;
  return pipelines_.emplace(key, vulkan::Pipeline(device_, pipeline_cache_, shader, specialization))
      .first->second;
}

}  // namespace gfnet::runtime
