#include "runtime/constant_store.h"

#include <algorithm>
#include <chrono>

#include "runtime/elapsed.h"
#include "runtime/staged_upload.h"

namespace gfnet::runtime {
namespace {

/// Largest size, in bytes, of a block of device memory that several weights share. A weight that is
/// larger has a block of its own.
constexpr std::uint64_t kBlockBytes = 64u << 20;

/// Largest size, in bytes, of the host-visible memory for uploads.
constexpr std::uint64_t kStagingBytes = 4u << 20;

}  // namespace

std::uint64_t ConstantStore::room_of(const plan::Resource& resource) const {
  return static_cast<std::uint64_t>(
      kernels::round_up(static_cast<std::int64_t>(resource.bytes),
                        static_cast<std::int64_t>(device_.buffer_alignment())));
}

std::uint64_t ConstantStore::bytes() const {
  std::uint64_t sum = 0;
  for (const vulkan::Memory& block : blocks_) sum += block.bytes();
  return sum;
}

bool ConstantStore::holds(const plan::Plan& plan) const {
  return std::ranges::all_of(plan.resources, [&](const plan::Resource& resource) {
    return resource.kind != plan::Resource::Kind::kConstant || buffers_.contains(key_of(resource));
  });
}

void ConstantStore::clear() {
  buffers_.clear();
  blocks_.clear();
}

void ConstantStore::upload(const plan::Plan& plan) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<const plan::Resource*> pending;
  std::uint64_t bytes = 0;
  for (const plan::Resource& resource : plan.resources) {
    if (resource.kind != plan::Resource::Kind::kConstant || buffers_.contains(key_of(resource))) {
      continue;
    }
    if (!pending.empty() && bytes + room_of(resource) > kBlockBytes) {
      upload_block(pending, bytes);
      pending.clear();
      bytes = 0;
    }
    pending.push_back(&resource);
    bytes += room_of(resource);
  }
  if (!pending.empty()) upload_block(pending, bytes);
  upload_seconds_ += seconds_since(start);
}

void ConstantStore::upload_block(const std::vector<const plan::Resource*>& resources,
                                 std::uint64_t bytes) {
  vulkan::Memory block(device_, bytes, vulkan::MemoryKind::kDeviceLocal);
  StagedUpload upload(device_, std::min(bytes, kStagingBytes));
  std::map<Key, vulkan::Buffer> targets;
  std::uint64_t offset = 0;
  for (const plan::Resource* resource : resources) {
    const vulkan::Buffer& target =
        targets.emplace(key_of(*resource), vulkan::Buffer(device_, block, offset, resource->bytes))
            .first->second;
    upload.add(kernels::pack(*resource->data, resource->packing), target);
    offset += room_of(*resource);
  }
  upload.finish();
  blocks_.push_back(std::move(block));
  buffers_.merge(targets);  // last: only now do the buffers hold the weights
}

const vulkan::Buffer& ConstantStore::buffer(const plan::Resource& resource) const {
  return buffers_.at(key_of(resource));
}

}  // namespace gfnet::runtime
