#include "runtime/device_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <optional>

#include "base/environment.h"
#include "base/log.h"
#include "base/parallel.h"
#include "system/variables.h"
#include "vulkan/adopt.h"
#include "vulkan/memory/memory.h"
#include "vulkan/pipelines/code_figures.h"
#include "vulkan/pipelines/shader_library.h"
#include "vulkan/query/register_budget.h"

namespace gfnet::runtime {
namespace {

/// Size in bytes that plans assume for the processor's cache on a software driver: half of the
/// cache that a group of processor cores commonly shares, because other programs use the cache,
/// too.
constexpr std::uint64_t kSoftwareCacheBytes = 16u << 20;

/// The folder for files that can be rebuilt: `given`, or else the user's cache folder. Where there
/// is none, although nobody asked for that, says so once in a process.
std::filesystem::path cache_folder(const std::filesystem::path& given) {
  const std::filesystem::path folder = given.empty() ? cache_directory() : given;
  static std::once_flag said;
  if (folder.empty() && !system::variable("GFNET_CACHE")) {
    std::call_once(said, [] {
      log(LogLevel::kWarning,
          fmt::format("there is no cache folder, because {} is not set: every run must compile its "
                      "kernels anew; GFNET_CACHE names a folder to keep them in",
                      system::home_variable()));
    });
  }
  return folder;
}

}  // namespace

DeviceContext::DeviceContext(const std::string& want, bool validation,
                             const std::filesystem::path& cache_directory, const Sharing& sharing)
    : cache_directory_(cache_folder(cache_directory)),
      instance_(std::make_shared<vulkan::Instance>(
          vulkan::Instance::Options{validation, sharing.instance_extensions, sharing.graphics})),
      device_(*instance_, vulkan::select_device(instance_->devices(), want, instance_->unusable()),
              sharing.device_extensions),
      pipeline_cache_(device_, cache_directory_),
      compile_ahead_(device_, cache_directory_) {
  if (want.empty() && device_.info().type == vulkan::DeviceType::kCpu &&
      !instance_->unusable().empty()) {
    log(LogLevel::kWarning, fmt::format("the software driver {} is used{}", device_.info().name,
                                        vulkan::unusable_text(instance_->unusable())));
  }
}

DeviceContext::DeviceContext(const AdoptedDevice& adopted)
    : cache_directory_(cache_folder(adopted.cache_directory)),
      instance_(vulkan::adopted_instance(adopted)),
      device_(*instance_, vulkan::adopted_info(*instance_, adopted),
              {adopted.physical_device, adopted.device, adopted.queue, adopted.queue_mutex}),
      pipeline_cache_(device_, cache_directory_),
      compile_ahead_(device_, cache_directory_) {}

kernels::DeviceFacts DeviceContext::facts() const {
  const vulkan::DeviceInfo& info = device_.info();
  kernels::DeviceFacts facts;
  facts.name = info.name;
  facts.software = info.type == vulkan::DeviceType::kCpu;
  if (info.type == vulkan::DeviceType::kDiscrete) {
    facts.slowest_flops = 1e12;
    facts.slowest_bandwidth = 50e9;
  } else if (facts.software) {  // two cores of an old laptop
    facts.slowest_flops = 10e9;
    facts.slowest_bandwidth = 2e9;
  }
  facts.buffer_alignment = device_.buffer_alignment();
  facts.max_allocation_bytes = vulkan::Memory::most_bytes(device_);
  facts.max_buffer_bytes = std::min(info.max_storage_buffer_range, facts.max_allocation_bytes);
  facts.max_workgroup_invocations =
      std::min(info.max_workgroup_invocations, info.max_workgroup_size[0]);
  facts.max_shared_memory = info.max_shared_memory;
  facts.max_workgroup_count = *std::ranges::min_element(info.max_workgroup_count);
  if (info.min_subgroup_size == info.max_subgroup_size) facts.subgroup_size = info.subgroup_size;
  facts.subgroup_broadcast = info.subgroup_ballot;
  if (facts.software) facts.cache_bytes = kSoftwareCacheBytes;
  facts.max_texel_elements = info.max_texel_buffer_elements;
  facts.half_storage = info.fp16_storage;
  facts.half_arithmetic = info.fp16_arithmetic;
  facts.int64 = info.int64_arithmetic;
  if (vulkan::find_shader_if("linear_matrix") != nullptr) {
    for (const vulkan::MatrixShape& shape : info.matrix_shapes) {
      facts.matrix_shapes.push_back({shape.rows, shape.columns, shape.inner});
    }
  }
  facts.subgroup_widths = vulkan::subgroup_widths(info);
  const vulkan::RegisterBudget budget = vulkan::register_budget(info);
  facts.registers = budget.registers;
  facts.registers_width = budget.width;
  facts.registers_workgroup = budget.workgroup;
  facts.packs_halves = budget.packs_halves;
  facts.switched_off = switched_off_;
  return facts;
}

const vulkan::Pipeline& DeviceContext::pipeline(const std::string& shader,
                                                const Specialization& specialization) {
  const PipelineKey key(shader, specialization);
  const auto found = pipelines_.find(key);
  if (found != pipelines_.end()) return found->second;
  return pipelines_.emplace(key, vulkan::Pipeline(device_, pipeline_cache_, shader, specialization))
      .first->second;
}

void DeviceContext::compile_pipelines(const plan::Plan& plan, bool statistics) {
  std::vector<PipelineKey> missing;
  for (const plan::Step& step : plan.steps) {
    const auto* const kernel = std::get_if<plan::KernelStep>(&step.work);
    if (kernel == nullptr) continue;
    PipelineKey key(kernel->kernel, kernel->specialization);
    if (pipelines_.contains(key) || std::ranges::find(missing, key) != missing.end()) continue;
    missing.push_back(std::move(key));
  }
  // The threads share the driver's pipeline cache, which synchronises itself.
  std::vector<std::optional<vulkan::Pipeline>> made(missing.size());
  run_in_parallel(missing.size(), [&](std::size_t i) {
    made[i].emplace(device_, pipeline_cache_, missing[i].first, missing[i].second,
                    vulkan::Pipeline::Options{.keep_statistics = statistics});
  });
  compile_ahead_.compile(missing);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    pipelines_.emplace(std::move(missing[i]), std::move(*made[i]));
  }
}

std::uint64_t DeviceContext::spills(const plan::KernelStep& step) {
  std::uint64_t spills = 0;
  for (const vulkan::CodeFigure& figure :
       vulkan::code_figures(pipeline(step.kernel, step.specialization).statistics())) {
    if (figure.title != vulkan::kSpilled) continue;
    std::from_chars(figure.value.data(), figure.value.data() + figure.value.size(), spills);
  }
  return spills;
}

}  // namespace gfnet::runtime
