#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gfnet/adopted_device.h"
#include "plan/plan.h"
#include "vulkan/device.h"
#include "vulkan/instance.h"
#include "vulkan/pipelines/compile_ahead.h"
#include "vulkan/pipelines/pipeline.h"
#include "vulkan/pipelines/pipeline_cache.h"

namespace gfnet::runtime {

/// One device, with the state that all work on this device shares: the pipelines made so far, and
/// the cache of pipelines on disk.
class DeviceContext {
 public:
  /// What a program that shares the Vulkan device with the engine needs from the device.
  struct Sharing {
    std::vector<std::string> instance_extensions;
    std::vector<std::string> device_extensions;
    /// Whether the queue must be able to draw as well as compute.
    bool graphics = false;
  };

  /// want: an index or a part of the device's name, or "" for the best device
  /// (vulkan::select_device). cache_directory: empty for the user's cache directory. Throws
  /// NoDeviceError, UnsupportedError, VulkanError.
  DeviceContext(const std::string& want, bool validation,
                const std::filesystem::path& cache_directory)
      : DeviceContext(want, validation, cache_directory, Sharing{}) {}
  DeviceContext(const std::string& want, bool validation,
                const std::filesystem::path& cache_directory, const Sharing& sharing);
  /// Uses a device that a program has made and will destroy. Throws what vulkan::adopted_instance,
  /// vulkan::adopted_info and vulkan::Device throw.
  explicit DeviceContext(const AdoptedDevice& adopted);

  /// The Vulkan instance. A copy of the pointer keeps the instance alive after the context is
  /// destroyed, for example to read validation messages about the destruction.
  std::shared_ptr<vulkan::Instance> instance() const { return instance_; }
  vulkan::Device& device() { return device_; }
  const vulkan::PipelineCache& pipeline_cache() const { return pipeline_cache_; }
  const std::filesystem::path& cache_directory() const { return cache_directory_; }

  /// The facts about the device that the planner needs.
  kernels::DeviceFacts facts() const;
  /// Sets the kernels that plans must not use (DeviceFacts::switched_off).
  void switch_off(kernels::SwitchedOff kernels) { switched_off_ = std::move(kernels); }

  /// The pipeline for a shader and the values of its specialisation constants
  /// (kernels::specialize). The pipeline is made at the first call and lives as long as the
  /// context. Throws what the constructor of vulkan::Pipeline throws.
  const vulkan::Pipeline& pipeline(const std::string& shader, const Specialization& specialization);

  /// Makes the pipelines of a plan that do not exist yet, on all threads of the machine. If some of
  /// these pipelines cannot be made, throws the error of the first of those in the plan's order,
  /// and keeps none of the new pipelines. statistics: whether new pipelines keep the driver's
  /// statistics. A driver that compiles a kernel when it first runs compiles the kernels of the new
  /// pipelines now (vulkan::CompileAhead).
  void compile_pipelines(const plan::Plan& plan, bool statistics = false);
  /// Values that the driver's compiler could not keep in registers, as the driver counts them, in
  /// the kernel of a step that was compiled with statistics. 0 if there is none or the driver does
  /// not say. Throws VulkanError.
  std::uint64_t spills(const plan::KernelStep& step);

  std::size_t pipeline_count() const { return pipelines_.size(); }

  /// Writes new pipelines to the cache on disk. If writing fails, nothing is thrown; the next start
  /// takes longer.
  void save_pipelines() { pipeline_cache_.save(); }

 private:
  std::filesystem::path cache_directory_;
  kernels::SwitchedOff switched_off_;
  std::shared_ptr<vulkan::Instance> instance_;
  vulkan::Device device_;
  vulkan::PipelineCache pipeline_cache_;
  vulkan::CompileAhead compile_ahead_;
  using PipelineKey = vulkan::CompileAhead::Kernel;
  std::map<PipelineKey, vulkan::Pipeline> pipelines_;
};

}  // namespace gfnet::runtime
