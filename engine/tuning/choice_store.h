#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "kernels/choices.h"
#include "vulkan/device_cache_file.h"

namespace gfnet::tuning {

/// The candidates (algorithms and kernels) that were measured to be fastest on one device, see
/// kernels::MeasuredChoices. They are kept in a file between runs of the program (DeviceCacheFile).
class ChoiceStore {
 public:
  /// directory: the folder for the file. If empty, nothing is kept on disk.
  ChoiceStore(const vulkan::DeviceInfo& device, const std::filesystem::path& directory);

  const kernels::MeasuredChoices& choices() const { return choices_; }
  /// Adds choices and writes the file. If this object or the file already has a choice for the same
  /// key and candidates, the older choice is kept: another process may have made it, and processes
  /// that share a job then produce the same bits. If the file cannot be written, the next run of
  /// the program measures again.
  void remember(kernels::MeasuredChoices choices);

 private:
  std::optional<kernels::MeasuredChoices> read() const;

  vulkan::DeviceCacheFile file_;
  kernels::MeasuredChoices choices_;
  /// Whether the file exists but could not be used. A message was then logged, and the next write
  /// replaces the file.
  bool is_unreadable_ = false;
};

}  // namespace gfnet::tuning
