#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace app {

/// Memory of images that are no longer needed, for the pixels of the next ones. New memory for a
/// large image costs the system about as much time as decoding it: each page is fetched and
/// cleared. Keeps at most 256 MiB. Thread-safe.
class PixelMemory {
 public:
  /// A vector whose memory holds so many bytes and at most a quarter more, of any size and content.
  /// An empty one, if there is none such, or for images that are so small that it does not matter.
  std::vector<std::uint8_t> take(std::size_t bytes);
  /// Keeps the memory of a vector. Frees what was kept longest if it is too much.
  void give_back(std::vector<std::uint8_t> pixels);

 private:
  std::mutex mutex_;                            // guards what follows
  std::deque<std::vector<std::uint8_t>> kept_;  // the latest comes last
  std::size_t bytes_ = 0;                       // of kept_
};

}  // namespace app
