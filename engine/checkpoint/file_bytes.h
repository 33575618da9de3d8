#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace gfnet::checkpoint {

/// The bytes of a checkpoint file, mapped or in memory.
struct FileBytes {
  std::span<const std::byte> bytes;
  /// Keeps the bytes alive. Null if the bytes belong to the caller. In that case, the caller must
  /// keep the bytes until Checkpoint::with_own_bytes() has copied what is needed.
  std::shared_ptr<const void> owner;
};

}  // namespace gfnet::checkpoint
