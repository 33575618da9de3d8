#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "vulkan/device.h"
#include "vulkan/instance.h"
#include "vulkan/pipeline_cache.h"

namespace gfnet::test {

/// A device for one test case, with validation and synchronisation validation: any message fails
/// the case, those of the device's destruction included. For TEST_CASE_FIXTURE(DeviceFixture, "…").
///
/// The device is the one that GFNET_DEVICE names, by part of its name; the best one if it is not
/// set. GFNET_VALIDATION=0 goes without validation, for machines without the layer.
class DeviceFixture {
 public:
  DeviceFixture();
  ~DeviceFixture();
  DeviceFixture(const DeviceFixture&) = delete;
  DeviceFixture& operator=(const DeviceFixture&) = delete;

  vulkan::Instance& instance() { return *instance_; }
  vulkan::Device& device() { return *device_; }
  /// In memory only.
  vulkan::PipelineCache& cache() { return *cache_; }
  /// An empty directory of this test case's own; removed at its end.
  const std::filesystem::path& directory();

  /// For a case that provokes messages: returns them and forgets them.
  std::vector<std::string> take_messages() { return instance_->take_validation_messages(); }

 private:
  std::unique_ptr<vulkan::Instance> instance_;
  std::unique_ptr<vulkan::Device> device_;
  std::unique_ptr<vulkan::PipelineCache> cache_;
  std::filesystem::path directory_;
};

}  // namespace gfnet::test
