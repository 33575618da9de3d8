#pragma once

#include <cstdint>
#include <string>

#include "plan/plan.h"

namespace gfnet::plan {

/// The device memory that a plan needs, in bytes, and the bound that this memory stays within.
///
/// Buffer sizes are rounded up to the device's buffer alignment. A step's working set is the part
/// of the arena that is alive while the step runs: its operands and what later steps still need. No
/// layout of the arena needs less at that step. The working set of a block is the largest working
/// set of the block's steps (not the sum of all tensors of the block, which is larger).
struct MemoryNeed {
  std::uint64_t weights_bytes = 0;
  /// The network's input. It lies in the arena. After the last step that reads the input, other
  /// values may reuse its memory.
  std::uint64_t input_bytes = 0;
  std::uint64_t arena_bytes = 0;
  /// The largest working set of any step inside a block, in bytes, and that step's name. 0 and ""
  /// if the plan has no blocks.
  std::uint64_t block_bytes = 0;
  std::string block_step;

  std::uint64_t planned_bytes() const { return weights_bytes + arena_bytes; }
  /// The bound: weights + input + 1.5 × block_bytes. VkFFT's own buffers may use the part of the
  /// bound that the plan does not use.
  std::uint64_t bound_bytes() const {
    return weights_bytes + input_bytes + block_bytes + block_bytes / 2;
  }
};

MemoryNeed memory_need(const Plan& plan);

}  // namespace gfnet::plan
