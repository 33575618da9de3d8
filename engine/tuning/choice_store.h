#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "kernels/choices.h"
#include "vulkan/device_info.h"

namespace gfnet::tuning {

/// The candidates (kernels and other implementations) that were measured to be fastest on one
/// device, see kernels::MeasuredChoices. They are kept in a file between runs of the program. They
/// are valid for the device, its driver and the shaders of this build. A file for another device,
/// driver or build is ignored and replaced.
class ChoiceStore {
 public:
  /// directory: the folder of the file. Empty: keep nothing on disk.
  ChoiceStore(const vulkan::DeviceInfo& device, const std::filesystem::path& directory);

  const kernels::MeasuredChoices& choices() const { return choices_; }
  /// Adds choices and writes the file. If this object or the file already has a choice among the
  /// same candidates, that one is kept: another process may have made it, and processes that share
  /// a job then produce the same bits. If the file cannot be written, the next start measures
  /// again.
  void remember(kernels::MeasuredChoices choices);

 private:
  std::optional<kernels::MeasuredChoices> read() const;

  std::filesystem::path path_;
  std::string key_;
  kernels::MeasuredChoices choices_;
  /// The file exists but could not be used. A message was logged; the next write replaces the file.
  bool is_unreadable_ = false;
};

}  // namespace gfnet::tuning
