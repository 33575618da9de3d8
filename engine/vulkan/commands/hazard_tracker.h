#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/access.h"

namespace gfnet::vulkan {

/// Decides where barriers are needed. Keeps lists only and makes no Vulkan calls.
///
/// Commands are added in order, each with the memory ranges that it accesses. A command needs a
/// barrier before it in two cases: the command reads a range that was written since the last
/// barrier, or the command writes a range that was read or written since the last barrier. Ranges
/// are positions in memory blocks, so the tracker finds overlaps between Buffers that alias one
/// another. A barrier orders all commands before it against all commands after it, in the compute
/// and the transfer stage.
class HazardTracker {
 public:
  enum class Stage : std::uint32_t { kCompute = 1, kTransfer = 2 };

  struct Range {
    std::uint64_t memory = 0;  ///< identity of the memory block
    std::uint64_t begin = 0;   ///< first byte in the block
    std::uint64_t end = 0;     ///< one past the last byte
    Access access = Access::kRead;
    bool host_visible = false;
  };

  /// Stages that the next barrier must cover, as bits of Stage. `stages`: the stages of all
  /// commands since the last barrier. `writing_stages`: the stages of those commands since the last
  /// barrier that wrote.
  struct Pending {
    std::uint32_t stages = 0;
    std::uint32_t writing_stages = 0;
  };

  /// Whether a command with these ranges needs a barrier before it.
  bool needs_barrier(std::span<const Range> ranges) const;
  void add(std::span<const Range> ranges, Stage stage);
  /// Call this after recording a barrier.
  void clear();

  const Pending& pending() const { return pending_; }
  /// Stages of all commands so far that wrote host-visible memory. clear() does not reset them.
  std::uint32_t host_writing_stages() const { return host_writing_stages_; }

 private:
  std::vector<Range> ranges_;
  Pending pending_;
  std::uint32_t host_writing_stages_ = 0;
};

}  // namespace gfnet::vulkan
