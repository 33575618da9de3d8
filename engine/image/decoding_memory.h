#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

/// Memory that all images share which are decoded at the same time.
namespace gfnet::image {

/// Counts bytes against a limit. Requests are granted in their order, so none waits for ever. A
/// request above the whole limit is granted once nothing else is. Thread-safe.
class DecodingMemory {
 public:
  explicit DecodingMemory(std::size_t limit) : limit_(limit) {}
  DecodingMemory(const DecodingMemory&) = delete;
  DecodingMemory& operator=(const DecodingMemory&) = delete;

  /// The limit from now on. What was granted stays granted.
  void set_limit(std::size_t limit);

 private:
  friend class DecodingShare;

  /// Waits until the bytes are granted.
  void take(std::size_t bytes);
  void give_back(std::size_t bytes);

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::size_t limit_;
  std::size_t used_ = 0;
  std::uint64_t next_turn_ = 0;  // of the next request
  std::uint64_t turn_ = 0;       // of the request that is granted next
};

/// What one image holds of a DecodingMemory; given back at the end.
class DecodingShare {
 public:
  explicit DecodingShare(DecodingMemory& memory) : memory_(memory) {}
  DecodingShare(const DecodingShare&) = delete;
  DecodingShare& operator=(const DecodingShare&) = delete;
  ~DecodingShare() { memory_.give_back(held_); }

  /// Waits until `bytes` are granted, in place of what the share held before. To be called before
  /// the memory is allocated: a share that holds bytes never waits for more, so two of them cannot
  /// wait for one another.
  void hold(std::size_t bytes);

 private:
  DecodingMemory& memory_;
  std::size_t held_ = 0;
};

/// The memory of the process: decode_image() takes from it. Its limit is at first 2 GiB.
DecodingMemory& decoding_memory();

}  // namespace gfnet::image
