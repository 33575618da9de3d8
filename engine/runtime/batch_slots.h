#pragma once

#include <cstddef>

namespace gfnet::runtime {

/// Number of batches that can be on the device at a time. Each of these batches has one slot
/// number. The number stands for two pieces of host memory: the upload slot of Preprocessor for the
/// batch's images, and the readback slot of BatchPipeline for the batch's outputs. The host fills
/// or reads one slot while the device uses the other.
inline constexpr std::size_t kBatchSlots = 2;

}  // namespace gfnet::runtime
