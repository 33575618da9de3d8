#include "runtime/constant_store.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "vulkan/command_recorder.h"

namespace gfnet::runtime {
namespace {

/// Host memory taken for an upload at a time; a single larger tensor still goes in one piece.
constexpr std::uint64_t kUploadBytes = 64u << 20;

}  // namespace

std::uint64_t ConstantStore::room_of(const plan::Resource& resource) const {
  return static_cast<std::uint64_t>(
      plan::round_up(static_cast<std::int64_t>(resource.bytes),
                     static_cast<std::int64_t>(device_.buffer_alignment())));
}

std::uint64_t ConstantStore::bytes() const {
  std::uint64_t sum = 0;
  for (const vulkan::Memory& block : blocks_) sum += block.bytes();
  return sum;
}

void ConstantStore::upload(const plan::Plan& plan) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<const plan::Resource*> pending;
  std::uint64_t bytes = 0;
  for (const plan::Resource& resource : plan.resources) {
    if (resource.kind != plan::Resource::Kind::kConstant ||
        buffers_.contains({resource.data, resource.packing})) {
      continue;
    }
    if (!pending.empty() && bytes + room_of(resource) > kUploadBytes) {
      upload_block(pending, bytes);
      pending.clear();
      bytes = 0;
    }
    pending.push_back(&resource);
    bytes += room_of(resource);
  }
  if (!pending.empty()) upload_block(pending, bytes);
  upload_seconds_ +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void ConstantStore::upload_block(const std::vector<const plan::Resource*>& resources,
                                 std::uint64_t bytes) {
  const vulkan::Memory staging(device_, bytes, vulkan::MemoryKind::kUpload);
  const vulkan::Buffer source(device_, staging, bytes);
  blocks_.emplace_back(device_, bytes, vulkan::MemoryKind::kDeviceLocal);

  vulkan::CommandRecorder recorder(device_);
  std::map<Key, vulkan::Buffer> targets;
  std::uint64_t offset = 0;
  for (const plan::Resource* resource : resources) {
    const std::vector<std::byte> packed = plan::pack(*resource->data, resource->packing);
    std::memcpy(source.mapped().data() + offset, packed.data(), packed.size());
    const vulkan::Buffer& target =
        targets
            .emplace(Key{resource->data, resource->packing},
                     vulkan::Buffer(device_, blocks_.back(), offset, resource->bytes))
            .first->second;
    recorder.copy(source, target, std::vector{vulkan::CopyRegion{offset, 0, resource->bytes}});
    offset += room_of(*resource);
  }
  const vulkan::Recording recording = recorder.finish();
  device_.submit(recording).wait();
  buffers_.merge(targets);  // only now do they hold the weights
}

const vulkan::Buffer& ConstantStore::buffer(const plan::Resource& resource) const {
  return buffers_.at({resource.data, resource.packing});
}

}  // namespace gfnet::runtime
