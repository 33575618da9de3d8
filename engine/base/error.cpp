#include "gfnet/error.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "system/paths.h"

namespace gfnet {
namespace {

/// Values of VkResult. This room does not include Vulkan's headers.
enum VulkanResult {
  kTimeout = 2,
  kOutOfHostMemory = -1,
  kOutOfDeviceMemory = -2,
  kDeviceLost = -4,
  kMemoryMapFailed = -5,  // no room in the host's address space
  kTooManyObjects = -10,
};

std::string format_message(const std::filesystem::path& path, const std::string& cause,
                           const std::string& tensor, std::int64_t offset) {
  std::string message = system::text_of(path) + ": ";
  if (!tensor.empty()) message += fmt::format("tensor '{}': ", tensor);
  if (offset != FormatError::kNoOffset) message += fmt::format("offset {}: ", offset);
  return printable(message + cause);
}

}  // namespace

FormatError::FormatError(const std::filesystem::path& path, const std::string& cause,
                         const std::string& tensor, std::int64_t offset)
    : Error(format_message(path, cause, tensor, offset)),
      path_(path),
      tensor_(tensor),
      offset_(offset) {}

std::string FormatError::cause() const {
  return std::string(what()).substr(format_message(path_, "", "", kNoOffset).size());
}

UnsupportedError::UnsupportedError(const std::string& feature, const std::string& device)
    : Error(device.empty() ? feature : fmt::format("not supported on {}: {}", device, feature)) {}

VulkanError::VulkanError(const std::string& call, int result, const std::string& result_name)
    : Error(fmt::format("{} failed: {}", call, result_name)), result_(result) {}

bool VulkanError::is_out_of_memory() const {
  return result_ == kOutOfHostMemory || result_ == kOutOfDeviceMemory ||
         result_ == kMemoryMapFailed || result_ == kTooManyObjects;
}

bool VulkanError::is_device_lost() const { return result_ == kDeviceLost || result_ == kTimeout; }

VulkanError VulkanError::on(const std::string& device) const {
  return {what() + (" on " + device), result_};
}

}  // namespace gfnet
