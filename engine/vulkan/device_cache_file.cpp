#include "vulkan/device_cache_file.h"

#include <fmt/format.h>

#include <cstdint>
#include <span>

#include "vulkan/device_key.h"
#include "vulkan/pipelines/shader_library.h"

namespace gfnet::vulkan {

DeviceCacheFile::DeviceCacheFile(const DeviceInfo& device, const std::filesystem::path& directory,
                                 std::string_view stem) {
  if (directory.empty()) return;
  path_ = directory / fmt::format("{}-{}.bin", stem, device_file_tag(device));
  key_ = fmt::format("{}|{}", device_key(device), embedded_shaders_digest());
}

std::optional<std::string> DeviceCacheFile::read() const {
  if (path_.empty()) return std::nullopt;
  const auto content = read_cache_file(path_, key_);
  if (!content) return std::nullopt;
  return std::string(content->begin(), content->end());
}

bool DeviceCacheFile::write(std::string_view text, Written written) const {
  if (path_.empty()) return true;
  return write_cache_file(
      path_, key_, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()),
      written);
}

}  // namespace gfnet::vulkan
