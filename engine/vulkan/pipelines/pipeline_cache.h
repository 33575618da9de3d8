#pragma once

#include <filesystem>

#include "vulkan/device.h"
#include "vulkan/handle.h"

namespace gfnet::vulkan {

/// The driver's compiled pipelines, kept on disk between runs. Neither copyable nor movable.
///
/// The cache directory holds one file per device and driver. A file that is damaged, or was written
/// for another device or driver, is ignored with a line in the log, and replaced. If the directory
/// cannot be written, a line is logged and the cache is in memory only. File errors never throw.
class PipelineCache {
 public:
  /// directory: empty for a cache in memory only. Throws VulkanError.
  PipelineCache(const Device& device, const std::filesystem::path& directory);
  /// Calls save().
  ~PipelineCache();
  PipelineCache(const PipelineCache&) = delete;
  PipelineCache& operator=(const PipelineCache&) = delete;

  /// Whether the constructor found a usable file.
  bool loaded() const { return loaded_; }
  /// Writes the file if pipelines were added since the last save. The file is replaced atomically,
  /// by renaming. Returns whether the file is up to date now; false if the cache is in memory only.
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
