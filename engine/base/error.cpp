#include "gfnet/error.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace gfnet {
namespace {

std::string format_message(const std::filesystem::path& path, const std::string& cause,
                           const std::string& tensor, std::int64_t offset) {
  std::string message = path.string() + ": ";
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

VulkanError VulkanError::on(const std::string& device) const {
  return {what() + (" on " + device), result_};
}

}  // namespace gfnet
