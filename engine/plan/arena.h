#pragma once

#include <cstdint>
#include <vector>

namespace gfnet::plan {

/// A block of memory that is in use from first_step to last_step, both included.
struct LiveRange {
  std::uint64_t bytes = 0;
  int first_step = 0;
  int last_step = 0;

  bool overlaps(const LiveRange& other) const {
    return first_step <= other.last_step && other.first_step <= last_step;
  }
};

/// The offset of each block in the arena, and the arena's size, in bytes. Blocks that live at the
/// same time never overlap; other blocks may.
struct ArenaLayout {
  std::vector<std::uint64_t> offsets;
  std::uint64_t bytes = 0;
};

/// Lays the blocks out: the largest first, each at the lowest free offset. alignment: every offset
/// is a multiple of it, and sizes are rounded up to it.
ArenaLayout lay_out_arena(const std::vector<LiveRange>& ranges, std::uint64_t alignment);

}  // namespace gfnet::plan
