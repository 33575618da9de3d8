#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "vulkan/device.h"
#include "vulkan/instance.h"
#include "vulkan/pipelines/pipeline_cache.h"

namespace gfnet::test {

/// A device for one test case, with validation and synchronisation validation. Any validation
/// message fails the case, including messages of the device's destruction. For
/// TEST_CASE_FIXTURE(DeviceFixture, "…").
///
/// GFNET_DEVICE selects the device by part of its name; default: the best one. GFNET_VALIDATION=0
/// turns validation off, for machines without the layer.
class DeviceFixture {
 public:
  DeviceFixture();
  ~DeviceFixture();
  DeviceFixture(const DeviceFixture&) = delete;
  DeviceFixture& operator=(const DeviceFixture&) = delete;

  vulkan::Instance& instance() { return *instance_; }
  vulkan::Device& device() { return *device_; }
  /// A cache without a file.
  vulkan::PipelineCache& cache() { return *cache_; }
  /// An empty directory for this test case only; removed at its end.
  const std::filesystem::path& directory();

  /// Returns and clears the validation messages, for a case that provokes them.
  std::vector<std::string> take_messages() { return instance_->take_validation_messages(); }

 private:
  std::unique_ptr<vulkan::Instance> instance_;
  std::unique_ptr<vulkan::Device> device_;
  std::unique_ptr<vulkan::PipelineCache> cache_;
  std::filesystem::path directory_;
};

}  // namespace gfnet::test
