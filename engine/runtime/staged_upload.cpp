#include "runtime/staged_upload.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace gfnet::runtime {

StagedUpload::StagedUpload(vulkan::Device& device, std::uint64_t staging_bytes)
    : device_(device),
      memory_(device, staging_bytes, vulkan::MemoryKind::kUpload),
      staging_(device, memory_, memory_.bytes()) {}

void StagedUpload::add(std::span<const std::byte> bytes, const vulkan::Buffer& target) {
  std::uint64_t done = 0;
  while (done < bytes.size()) {
    if (used_ == staging_.bytes()) finish();
    if (!recorder_) recorder_.emplace(device_);
    const std::uint64_t piece = std::min(bytes.size() - done, staging_.bytes() - used_);
    std::memcpy(staging_.mapped().data() + used_, bytes.data() + done, piece);
    recorder_->copy(staging_, target, std::vector{vulkan::CopyRegion{used_, done, piece}});
    used_ += piece;
    done += piece;
  }
}

void StagedUpload::finish() {
  if (!recorder_) return;
  const vulkan::Recording recording = recorder_->finish();
  recorder_.reset();
  used_ = 0;
  device_.submit(recording).wait();
}

}  // namespace gfnet::runtime
