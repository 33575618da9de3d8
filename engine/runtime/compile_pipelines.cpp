#include "runtime/compile_pipelines.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "gfnet/error.h"
#include "runtime/representative_kernels.h"
#include "vulkan/instance.h"
#include "vulkan/pipeline.h"
#include "vulkan/pipeline_cache.h"

namespace gfnet {
namespace runtime {
namespace {

CompiledPipeline compile(const vulkan::Device& device, const vulkan::PipelineCache& cache,
                         std::string_view shader,
                         const std::vector<std::uint32_t>& specialization) {
  CompiledPipeline compiled;
  compiled.kernel = shader;
  compiled.specialization = specialization;
  vulkan::Pipeline::Options options;
  options.keep_statistics = true;
  try {
    const vulkan::Pipeline pipeline(device, cache, shader, specialization, options);
    compiled.workgroup = pipeline.workgroup_size();
    for (const vulkan::PipelineStatistic& statistic : pipeline.statistics()) {
      compiled.figures.push_back({statistic.name, statistic.value, statistic.description});
    }
  } catch (const UnsupportedError& error) {
    compiled.refusal = error.what();
  }
  return compiled;
}

}  // namespace

std::vector<CompiledPipeline> compile_plan(const vulkan::Device& device, const plan::Plan& plan) {
  // Nothing from disk: what is shown is what this driver makes of the shaders now.
  const vulkan::PipelineCache cache(device, std::filesystem::path());
  std::vector<CompiledPipeline> all;
  for (const plan::Step& step : plan.steps) {
    const auto* kernel = std::get_if<plan::KernelStep>(&step.work);
    if (kernel == nullptr) continue;
    auto found = std::ranges::find_if(all, [&](const CompiledPipeline& known) {
      return known.kernel == kernel->kernel && known.specialization == kernel->specialization;
    });
    if (found == all.end()) {
      found = all.insert(found, compile(device, cache, kernel->kernel, kernel->specialization));
    }
    ++found->steps;
  }
  return all;
}

}  // namespace runtime

std::vector<CompiledPipeline> compile_all_kernels(const std::string& device_name) {
  const vulkan::Instance instance;
  const vulkan::Device device(instance, vulkan::select_device(instance.devices(), device_name));
  const vulkan::PipelineCache cache(device, std::filesystem::path());
  std::vector<CompiledPipeline> all;
  for (const runtime::RepresentativeKernel& kernel :
       runtime::representative_kernels(device.info())) {
    all.push_back(runtime::compile(device, cache, kernel.shader, kernel.specialization));
  }
  return all;
}

}  // namespace gfnet
