#pragma once

#include <cstdint>
#include <string>

#include "plan/plan.h"

namespace gfnet::plan {

/// What a plan takes of the device's memory, in bytes, and the most that the engine allows itself.
///
/// Buffers count with the room that they occupy, their sizes rounded up to the device's alignment.
/// A step's working set is what of the arena is alive while it runs, its operands and what later
/// steps still need: no layout of the arena can do with less at that step. A block's is the largest
/// of its steps' (not the sum of all tensors that the block touches, which is more). A block is
/// what the checkpoint calls so: the steps whose names begin with "blocks." and the same numbers.
struct MemoryNeed {
  std::uint64_t weights_bytes = 0;
  /// The network's input, which lies in the arena and is overwritten once it has been read.
  std::uint64_t input_bytes = 0;
  std::uint64_t arena_bytes = 0;
  /// The largest block's working set, and the step that has it; of a graph without blocks 0 and "".
  std::uint64_t block_bytes = 0;
  std::string block_step;

  std::uint64_t planned_bytes() const { return weights_bytes + arena_bytes; }
  /// Weights, input and one and a half times the largest working set of a block. What a plan leaves
  /// of it is for what VkFFT allocates for itself.
  std::uint64_t bound_bytes() const {
    return weights_bytes + input_bytes + block_bytes + block_bytes / 2;
  }
};

MemoryNeed memory_need(const Plan& plan);

}  // namespace gfnet::plan
