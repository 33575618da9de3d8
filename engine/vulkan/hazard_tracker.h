#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace gfnet::vulkan {

/// What a command does to a buffer. A buffer that is only partly written is kWrite all the same.
enum class Access { kRead, kWrite, kReadWrite };

constexpr bool reads(Access access) { return access != Access::kWrite; }
constexpr bool writes(Access access) { return access != Access::kRead; }

/// Decides where barriers are needed. Pure bookkeeping; no Vulkan.
///
/// Commands are added in order with the byte ranges of memory that they touch. A command needs a
/// barrier before it if it reads what was written, or writes what was read or written, since the
/// last barrier. Ranges are of memory blocks, so Buffers that alias one another are seen to
/// overlap. A barrier here orders everything before it with everything after it, in both stages.
class HazardTracker {
 public:
  enum class Stage : std::uint32_t { kCompute = 1, kTransfer = 2 };

  struct Range {
    std::uint64_t memory = 0;  ///< identity of the memory block
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    Access access = Access::kRead;
    bool host_visible = false;
  };

  /// What a barrier has to cover: stages of the commands since the last one, and of those that
  /// wrote. Bits of Stage.
  struct Pending {
    std::uint32_t stages = 0;
    std::uint32_t writing_stages = 0;
  };

  /// Whether a command with these ranges must be preceded by a barrier.
  bool needs_barrier(std::span<const Range> ranges) const;
  void add(std::span<const Range> ranges, Stage stage);
  /// A barrier was recorded.
  void clear();

  const Pending& pending() const { return pending_; }
  /// Stages that wrote what the host can see, ever; barriers between commands do not change it.
  std::uint32_t host_writing_stages() const { return host_writing_stages_; }

 private:
  std::vector<Range> ranges_;
  Pending pending_;
  std::uint32_t host_writing_stages_ = 0;
};

}  // namespace gfnet::vulkan
