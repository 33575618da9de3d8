#pragma once

#include <algorithm>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "vulkan/commands/recording.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/memory/memory.h"

namespace gfnet::runtime {

/// A recording with the buffers, and perhaps the memory, that were made for this recording alone.
struct BoundRecording {
  BoundRecording(std::vector<vulkan::Buffer> b, vulkan::Recording r)
      : buffers(std::move(b)), recording(std::move(r)) {}
  BoundRecording(std::vector<vulkan::Memory> m, std::vector<vulkan::Buffer> b, vulkan::Recording r)
      : memory(std::move(m)), buffers(std::move(b)), recording(std::move(r)) {}

  std::vector<vulkan::Memory> memory;
  std::vector<vulkan::Buffer> buffers;
  vulkan::Recording recording;
};

/// Keeps recordings for replay. The key of a recording names everything that the recording depends
/// on. Only the kMost recordings that were used last are kept. Fewer recordings than kMost can run
/// on the device at a time, so a recording is never destroyed while it runs.
class RecordingCache {
 public:
  /// The recording for the key. If the cache has no such recording, calls make(), which returns a
  /// BoundRecording, and keeps the result. The reference is valid until the next call of get().
  template <typename Make>
  const vulkan::Recording& get(const std::string& key, Make make) {
    const auto found = std::ranges::find(kept_, key, &Entry::key);
    if (found != kept_.end()) {
      kept_.splice(kept_.begin(), kept_, found);
    } else {
      kept_.push_front({key, make()});
      if (kept_.size() > kMost) kept_.pop_back();
    }
    return kept_.front().commands.recording;
  }

 private:
  static constexpr std::size_t kMost = 8;

  struct Entry {
    std::string key;
    BoundRecording commands;
  };
  std::list<Entry> kept_;
};

}  // namespace gfnet::runtime
