#pragma once

#include <algorithm>
#include <list>
#include <string>
#include <vector>

#include "vulkan/buffer.h"
#include "vulkan/recording.h"

namespace gfnet::runtime {

/// Commands, and the buffers that were made for them alone.
struct BoundRecording {
  std::vector<vulkan::Buffer> buffers;
  vulkan::Recording recording;
};

/// Commands kept to be replayed, by a text that says all that they depend on; the few used last,
/// which are more than can be on the device at a time.
class RecordingCache {
 public:
  /// The commands for the key, made by make() → BoundRecording if they are not there. The reference
  /// holds until the next call.
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
