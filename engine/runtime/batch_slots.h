#pragma once

#include <cstddef>

namespace gfnet::runtime {

/// Number of batches that can be on the device at a time. Each has a slot: host memory for its
/// images (an upload slot of Preprocessor) and for its outputs (a readback slot of BatchPipeline),
/// both with the same index. The host fills or reads one slot while the device uses the other.
inline constexpr std::size_t kBatchSlots = 2;

}  // namespace gfnet::runtime
