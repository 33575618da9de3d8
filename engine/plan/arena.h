#pragma once

#include <cstdint>
#include <vector>

namespace gfnet::plan {

/// A block of memory that is needed from one step to another, both included.
struct LiveRange {
  std::uint64_t bytes = 0;
  int first_step = 0;
  int last_step = 0;

  bool overlaps(const LiveRange& other) const {
    return first_step <= other.last_step && other.first_step <= last_step;
  }
};

/// Where each block lies, and the size of the whole. Blocks that live at the same time never share
/// memory; others do. Largest blocks are placed first, each at the lowest offset that is free.
struct ArenaLayout {
  std::vector<std::uint64_t> offsets;
  std::uint64_t bytes = 0;
};

/// alignment: of every offset, and of the room that a block occupies.
ArenaLayout lay_out_arena(const std::vector<LiveRange>& ranges, std::uint64_t alignment);

}  // namespace gfnet::plan
