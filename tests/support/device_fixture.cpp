#include "support/device_fixture.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string_view>
#include <system_error>

namespace gfnet::test {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

DeviceFixture::DeviceFixture() {
  vulkan::Instance::Options options;
  options.validation = environment("GFNET_VALIDATION") != "0";
  instance_ = std::make_unique<vulkan::Instance>(options);
  const vulkan::DeviceInfo& info =
      vulkan::select_device(instance_->devices(), environment("GFNET_DEVICE"));
  device_ = std::make_unique<vulkan::Device>(*instance_, info);
  cache_ = std::make_unique<vulkan::PipelineCache>(*device_, std::filesystem::path());
}

DeviceFixture::~DeviceFixture() {
  cache_.reset();
  device_.reset();
  for (const std::string& message : instance_->validation_messages()) FAIL_CHECK(message);
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

const std::filesystem::path& DeviceFixture::directory() {
  if (directory_.empty()) {
    std::random_device random;
    directory_ = std::filesystem::temp_directory_path() /
                 ("gfnet-test-" + std::to_string(random()) + std::to_string(random()));
    std::filesystem::create_directories(directory_);
  }
  return directory_;
}

}  // namespace gfnet::test
