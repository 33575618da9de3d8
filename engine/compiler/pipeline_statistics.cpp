#include "compiler/pipeline_statistics.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "base/parallel.h"
#include "compiler/representative_kernels.h"
#include "gfnet/error.h"
#include "vulkan/instance.h"
#include "vulkan/pipelines/pipeline.h"
#include "vulkan/pipelines/pipeline_cache.h"

namespace gfnet {
namespace compiler {
namespace {

/// Compiles the kernel that `compiled` names. Adds to `compiled` the workgroup size and the
/// driver's statistics or, if the device cannot run the kernel, the reason.
void compile(const vulkan::Device& device, const vulkan::PipelineCache& cache,
             CompiledPipeline& compiled) {
  vulkan::Pipeline::Options options;
  options.keep_statistics = true;
  try {
    const vulkan::Pipeline pipeline(device, cache, compiled.kernel, compiled.specialization,
                                    options);
    compiled.workgroup = pipeline.workgroup_size();
    for (const vulkan::PipelineStatistic& statistic : pipeline.statistics()) {
      compiled.figures.push_back({statistic.name, statistic.value, statistic.description});
    }
  } catch (const UnsupportedError& error) {
    compiled.refusal = error.what();
  }
}

void compile_all(const vulkan::Device& device, const vulkan::PipelineCache& cache,
                 std::vector<CompiledPipeline>& all) {
  run_in_parallel(all.size(), [&](std::size_t i) { compile(device, cache, all[i]); });
}

}  // namespace

std::vector<CompiledPipeline> compile_for_statistics(const vulkan::Device& device, const plan::Plan& plan) {
  // No cache on disk: the result must come from compiling with the current driver.
  const vulkan::PipelineCache cache(device, std::filesystem::path());
  std::vector<CompiledPipeline> all;
  for (const plan::Step& step : plan.steps) {
    const auto* kernel = std::get_if<plan::KernelStep>(&step.work);
    if (kernel == nullptr) continue;
    auto found = std::ranges::find_if(all, [&](const CompiledPipeline& known) {
      return known.kernel == kernel->kernel && known.specialization == kernel->specialization;
    });
    if (found == all.end()) {
      found = all.emplace(found);
      found->kernel = kernel->kernel;
      found->specialization = kernel->specialization;
    }
    ++found->steps;
  }
  compile_all(device, cache, all);
  return all;
}

}  // namespace compiler

std::vector<CompiledPipeline> compile_all_kernels(const std::string& device_name) {
  const vulkan::Instance instance;
  const vulkan::Device device(instance, vulkan::select_device(instance.devices(), device_name));
  const vulkan::PipelineCache cache(device, std::filesystem::path());
  std::vector<CompiledPipeline> all;
  for (const compiler::RepresentativeKernel& kernel :
       compiler::representative_kernels(device.info())) {
    CompiledPipeline& compiled = all.emplace_back();
    compiled.kernel = kernel.shader;
    compiled.specialization = kernel.specialization;
  }
  compiler::compile_all(device, cache, all);
  return all;
}

}  // namespace gfnet
