#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/cache_file.h"
#include "vulkan/device_info.h"

namespace gfnet::vulkan {

/// A text about one device in a cache file. The file is valid for one device, one driver and the
/// shaders of this build. A file for another device, driver or build is ignored and replaced.
class DeviceCacheFile {
 public:
  /// directory: the folder for the file. If empty, nothing is kept on disk. stem: the start of the
  /// file's name, such as "choices".
  DeviceCacheFile(const DeviceInfo& device, const std::filesystem::path& directory,
                  std::string_view stem);

  /// Empty if nothing is kept on disk.
  const std::filesystem::path& path() const { return path_; }
  /// The text. nullopt if there is no valid file; what is wrong with a file is logged.
  std::optional<std::string> read() const;
  /// Replaces the file. If it cannot be written, logs that and returns false. Returns true if
  /// nothing is kept on disk.
  bool write(std::string_view text, Written written = Written::kToSystem) const;

 private:
  std::filesystem::path path_;
  std::string key_;
};

}  // namespace gfnet::vulkan
