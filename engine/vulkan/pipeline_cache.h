#pragma once

#include <filesystem>

#include "vulkan/device.h"
#include "vulkan/handle.h"

namespace gfnet::vulkan {

/// The driver's compiled pipelines, kept on disk between runs. Not movable: pipelines refer to it.
///
/// One file a device and driver under the cache directory. A file that is damaged, or was written
/// for another device or driver, is ignored with a line in the log and replaced; so is a directory
/// that cannot be written: the cache is then in memory only. Nothing here throws for a file's sake.
class PipelineCache {
 public:
  /// directory empty: in memory only.
  PipelineCache(const Device& device, const std::filesystem::path& directory);
  /// Saves if something was added since the last save.
  ~PipelineCache();
  PipelineCache(const PipelineCache&) = delete;
  PipelineCache& operator=(const PipelineCache&) = delete;

  /// Whether the constructor found a usable file.
  bool loaded() const { return loaded_; }
  /// Writes the file if the cache has changed: atomically, by renaming. Returns whether the file is
  /// now up to date.
  bool save() noexcept;

  VkPipelineCache handle() const { return cache_.get(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  const Device& device_;
  std::filesystem::path path_;
  Handle<VkPipelineCache, DestroyPipelineCache> cache_;
  std::size_t saved_bytes_ = 0;
  bool loaded_ = false;
};

}  // namespace gfnet::vulkan
