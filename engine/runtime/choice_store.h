#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "plan/choices.h"
#include "vulkan/device_info.h"

namespace gfnet::runtime {

/// The choices made for one device, kept on disk between runs. They hold for the device, its driver
/// and the shaders of this build; a file of any other is ignored and replaced.
class ChoiceStore {
 public:
  /// directory empty: nothing is kept.
  ChoiceStore(const vulkan::DeviceInfo& device, const std::filesystem::path& directory);

  const plan::Choices& choices() const { return choices_; }
  /// Adds to them. Those that were made before of the same candidates stand, be it by another
  /// process: runs that share a job give the same bits. A failure to write costs only that they are
  /// made again at the next start.
  void remember(plan::Choices choices);

 private:
  std::optional<plan::Choices> read() const;

  std::filesystem::path path_;
  std::string key_;
  plan::Choices choices_;
  /// There was a file of no use, which has been said and will be replaced.
  bool is_unreadable_ = false;
};

}  // namespace gfnet::runtime
