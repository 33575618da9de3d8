#include "vulkan/memory/host_mapping.h"

#include <cstring>

#include "vulkan/vk.h"

namespace gfnet::vulkan {

void HostMappings::flush() {
  const std::lock_guard lock(mutex_);
  for (HostMapping* mapping : mappings_) {
    if (mapping->use_.writes) mapping->flush();
  }
}

void HostMappings::invalidate() {
  const std::lock_guard lock(mutex_);
  for (HostMapping* mapping : mappings_) {
    if (mapping->use_.reads) mapping->invalidate();
  }
}

HostMapping::HostMapping(const DeviceFunctions& vk, VkDeviceMemory memory, std::uint64_t bytes,
                         Use use, HostMappings* mappings, bool separate)
    : vk_(vk), memory_(memory), use_(use), mappings_(mappings) {
  if (separate) copy_.resize(static_cast<std::size_t>(bytes));
  void* data = nullptr;
  GFNET_VK(vk_.vkMapMemory(vk_.device, memory_, 0, VK_WHOLE_SIZE, 0, &data));
  mapped_ = {static_cast<std::byte*>(data), static_cast<std::size_t>(bytes)};
  host_ = separate ? std::span<std::byte>(copy_) : mapped_;
  if (mappings_ == nullptr) return;
  const std::lock_guard lock(mappings_->mutex_);
  mappings_->mappings_.push_back(this);
}

HostMapping::~HostMapping() {
  if (mappings_ == nullptr) return;
  const std::lock_guard lock(mappings_->mutex_);
  std::erase(mappings_->mappings_, this);
}

VkMappedMemoryRange HostMapping::range() const {
  return {VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE, nullptr, memory_, 0, VK_WHOLE_SIZE};
}

void HostMapping::flush() {
  if (!copy_.empty()) write_changes();
  const VkMappedMemoryRange whole = range();
  GFNET_VK(vk_.vkFlushMappedMemoryRanges(vk_.device, 1, &whole));
}

void HostMapping::invalidate() {
  const VkMappedMemoryRange whole = range();
  GFNET_VK(vk_.vkInvalidateMappedMemoryRanges(vk_.device, 1, &whole));
  if (copy_.empty()) return;
  std::memcpy(copy_.data(), mapped_.data(), copy_.size());
  if (use_.writes) unchanged_ = copy_;
}

void HostMapping::write_changes() {
  if (unchanged_.empty()) {
    std::memcpy(mapped_.data(), copy_.data(), copy_.size());
  } else {
    for (std::size_t i = 0; i < copy_.size(); ++i) {
      if (copy_[i] != unchanged_[i]) mapped_[i] = copy_[i];
    }
  }
  if (use_.reads) unchanged_ = copy_;
}

}  // namespace gfnet::vulkan
