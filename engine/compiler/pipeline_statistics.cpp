#include "compiler/pipeline_statistics.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/parallel.h"
#include "compiler/representative_kernels.h"
#include "gfnet/error.h"
#include "vulkan/instance.h"
#include "vulkan/pipelines/code_figures.h"
#include "vulkan/pipelines/pipeline.h"
#include "vulkan/pipelines/pipeline_cache.h"

namespace gfnet {
namespace compiler {
namespace {

/// One pipeline to compile, and what its compilation gives (`compiled`). Jobs are compiled in
/// parallel.
struct Job {
  Job(std::string kernel, std::optional<Specialization> with) : specialization(std::move(with)) {
    compiled.kernel = std::move(kernel);
    if (specialization) compiled.specialization = specialization->values();
  }

  std::optional<Specialization> specialization;
  CompiledPipeline compiled;
};

/// Compiles the job's kernel. Adds the workgroup size and the driver's statistics to
/// `job.compiled`. If the device cannot run the kernel, adds the reason instead.
void compile(const vulkan::Device& device, const vulkan::PipelineCache& cache, Job& job) {
  CompiledPipeline& compiled = job.compiled;
  vulkan::Pipeline::Options options;
  options.keep_statistics = true;
  try {
    const vulkan::Pipeline pipeline(device, cache, compiled.kernel, job.specialization, options);
    compiled.workgroup = pipeline.workgroup_size();
    const std::vector<vulkan::PipelineStatistic> statistics = pipeline.statistics();
    for (const vulkan::PipelineStatistic& statistic : statistics) {
      compiled.figures.push_back({statistic.name, statistic.value, statistic.description});
    }
    if (statistics.empty()) return;
    for (vulkan::CodeFigure& figure : vulkan::code_figures(statistics)) {
      compiled.summary.push_back(
          {std::move(figure.title), std::move(figure.value), std::move(figure.meaning)});
    }
  } catch (const UnsupportedError& error) {
    compiled.refusal = error.what();
  }
}

std::vector<CompiledPipeline> compile_all(const vulkan::Device& device,
                                          const vulkan::PipelineCache& cache,
                                          std::vector<Job> jobs) {
  run_in_parallel(jobs.size(), [&](std::size_t i) { compile(device, cache, jobs[i]); });
  std::vector<CompiledPipeline> all;
  for (Job& job : jobs) all.push_back(std::move(job.compiled));
  return all;
}

}  // namespace

std::vector<CompiledPipeline> compile_for_statistics(const vulkan::Device& device, const plan::Plan& plan) {
  // No cache on disk: the result must come from compiling with the current driver.
  const vulkan::PipelineCache cache(device, std::filesystem::path());
  std::vector<Job> jobs;
  for (const plan::Step& step : plan.steps) {
    const auto* kernel = std::get_if<plan::KernelStep>(&step.work);
    if (kernel == nullptr) continue;
    auto found = std::ranges::find_if(jobs, [&](const Job& known) {
      return known.compiled.kernel == kernel->kernel &&
             known.specialization == kernel->specialization;
    });
    if (found == jobs.end()) found = jobs.emplace(found, kernel->kernel, kernel->specialization);
    ++found->compiled.steps;
  }
  return compile_all(device, cache, std::move(jobs));
}

}  // namespace compiler

std::vector<CompiledPipeline> compile_all_kernels(const std::string& device_name) {
  const vulkan::Instance instance;
  const vulkan::Device device(
      instance, vulkan::select_device(instance.devices(), device_name, instance.unusable()));
  const vulkan::PipelineCache cache(device, std::filesystem::path());
  std::vector<compiler::Job> jobs;
  for (const compiler::RepresentativeKernel& kernel :
       compiler::representative_kernels(device.info())) {
    jobs.emplace_back(std::string(kernel.shader), kernel.specialization);
  }
  return compiler::compile_all(device, cache, std::move(jobs));
}

}  // namespace gfnet
