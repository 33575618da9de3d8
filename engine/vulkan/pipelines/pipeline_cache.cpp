#include "vulkan/pipelines/pipeline_cache.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cache_file.h"
#include "base/log.h"
#include "system/paths.h"
#include "vulkan/device_key.h"

namespace gfnet::vulkan {
namespace {

/// Whether data starts with the pipeline-cache header of this device and driver. Drivers should
/// check this themselves, but not all do.
bool is_for(const DeviceInfo& info, const std::vector<std::uint8_t>& data) {
  VkPipelineCacheHeaderVersionOne header{};
  if (data.size() < sizeof(header)) return false;
  std::memcpy(&header, data.data(), sizeof(header));
  return header.headerSize >= sizeof(header) && header.headerSize <= data.size() &&
         header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE &&
         header.vendorID == info.vendor_id && header.deviceID == info.device_id &&
         std::memcmp(header.pipelineCacheUUID, info.pipeline_cache_uuid.data(), VK_UUID_SIZE) == 0;
}

}  // namespace

PipelineCache::PipelineCache(const Device& device, const std::filesystem::path& directory)
    : device_(device) {
  std::vector<std::uint8_t> data;
  if (!directory.empty()) {
    path_ = directory / fmt::format("pipelines-{}.bin", device_file_tag(device.info()));
    if (auto content = read_cache_file(path_, device_key(device.info()))) {
      if (is_for(device.info(), *content)) {
        data = std::move(*content);
      } else {
        log(LogLevel::kWarning,
            system::text_of(path_) + ": not a pipeline cache of this driver; rebuilding it");
      }
    }
  }
  VkPipelineCacheCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO;
  create.initialDataSize = data.size();
  create.pInitialData = data.data();
  VkPipelineCache cache = VK_NULL_HANDLE;
  VkResult result = device.vk().vkCreatePipelineCache(device.handle(), &create, nullptr, &cache);
  if (result != VK_SUCCESS && !data.empty()) {
    log(LogLevel::kWarning,
        system::text_of(path_) + ": the driver rejects this pipeline cache; rebuilding it");
    data.clear();
    create.initialDataSize = 0;
    create.pInitialData = nullptr;
    result = device.vk().vkCreatePipelineCache(device.handle(), &create, nullptr, &cache);
  }
  check(result, "vkCreatePipelineCache(device.handle(), &create, nullptr, &cache)");
  cache_ = {device.vk(), cache};
  loaded_ = !data.empty();
  saved_bytes_ = data.size();
}

PipelineCache::~PipelineCache() { save(); }

bool PipelineCache::save() noexcept {
  if (path_.empty()) return false;
  try {
    std::size_t size = 0;
    GFNET_VK(device_.vk().vkGetPipelineCacheData(device_.handle(), cache_.get(), &size, nullptr));
    // A cache only ever grows, so an unchanged size means that nothing was added.
    if (size == saved_bytes_) return true;
    std::vector<std::uint8_t> data(size);
    GFNET_VK(
        device_.vk().vkGetPipelineCacheData(device_.handle(), cache_.get(), &size, data.data()));
    data.resize(size);
    // Mesa 26.2's lavapipe omits the header from its data, so no later run could load the file.
    if (!is_for(device_.info(), data)) return false;
    if (!write_cache_file(path_, device_key(device_.info()), data)) return false;
    saved_bytes_ = size;
    return true;
  } catch (const std::exception& error) {
    log(LogLevel::kWarning, error.what());
    return false;
  }
}

}  // namespace gfnet::vulkan
