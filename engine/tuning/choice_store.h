#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "kernels/choices.h"
#include "vulkan/device_info.h"

namespace gfnet::runtime {

/// The fastest ways and kernels measured on one device (plan::Choices), kept on disk between runs.
/// They are valid for the device, its driver and the shaders of this build. A file for another
/// device, driver or build is ignored and replaced.
class ChoiceStore {
 public:
  /// directory: empty to keep nothing on disk.
  ChoiceStore(const vulkan::DeviceInfo& device, const std::filesystem::path& directory);

  const plan::Choices& choices() const { return choices_; }
  /// Adds choices and writes the file. An earlier choice among the same candidates is kept, even if
  /// another process made it. Processes that share a job therefore produce the same bits. If the
  /// file cannot be written, the next start measures again.
  void remember(plan::Choices choices);

 private:
  std::optional<plan::Choices> read() const;

  std::filesystem::path path_;
  std::string key_;
  plan::Choices choices_;
  /// The file exists but is not usable. This was logged, and the file will be replaced.
  bool is_unreadable_ = false;
};

}  // namespace gfnet::runtime
