#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plan/plan.h"
#include "runtime/choice_store.h"
#include "vulkan/device.h"
#include "vulkan/instance.h"
#include "vulkan/pipeline.h"
#include "vulkan/pipeline_cache.h"

namespace gfnet::runtime {

/// One device with what everything on it shares: the pipelines made so far and their cache on disk.
class DeviceContext {
 public:
  /// What a program that uses the device beside the engine needs of it.
  struct Sharing {
    std::vector<std::string> instance_extensions;
    std::vector<std::string> device_extensions;
    /// The queue can draw as well.
    bool graphics = false;
  };

  /// want: see vulkan::select_device. cache_directory empty: the user's.
  DeviceContext(const std::string& want, bool validation,
                const std::filesystem::path& cache_directory)
      : DeviceContext(want, validation, cache_directory, Sharing{}) {}
  DeviceContext(const std::string& want, bool validation,
                const std::filesystem::path& cache_directory, const Sharing& sharing);

  /// To be kept beyond the context by who wants to hear what validation says of the context's end.
  std::shared_ptr<vulkan::Instance> instance() const { return instance_; }
  vulkan::Device& device() { return device_; }
  const vulkan::PipelineCache& pipeline_cache() const { return pipeline_cache_; }
  const std::filesystem::path& cache_directory() const { return cache_directory_; }

  /// What the planner wants to know.
  plan::DeviceFacts facts() const;

  /// What is known of which kernels are fastest here, and what was newly found.
  const plan::Choices& choices() const { return choices_.choices(); }
  void remember(plan::Choices choices) { choices_.remember(std::move(choices)); }

  /// A pipeline for the shader and the constants, made at the first call. Stays until the context
  /// ends.
  const vulkan::Pipeline& pipeline(const std::string& shader,
                                   const std::vector<std::uint32_t>& specialization);

  /// Makes those pipelines of a plan that are not there yet, on all of the machine's threads. If
  /// some cannot be made, throws what the first of them in the plan's order throws, and keeps none.
  void make_pipelines(const plan::Plan& plan);

  std::size_t pipeline_count() const { return pipelines_.size(); }

  /// Writes newly made pipelines to disk; a failure to write costs only time at the next start.
  void save_pipelines() { pipeline_cache_.save(); }

 private:
  std::filesystem::path cache_directory_;
  std::shared_ptr<vulkan::Instance> instance_;
  vulkan::Device device_;
  vulkan::PipelineCache pipeline_cache_;
  ChoiceStore choices_;
  using PipelineKey = std::pair<std::string, std::vector<std::uint32_t>>;
  std::map<PipelineKey, vulkan::Pipeline> pipelines_;
};

}  // namespace gfnet::runtime
