#include "image/decoding_memory.h"

#include <utility>

namespace gfnet::image {

void DecodingMemory::set_limit(std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  limit_ = limit;
  changed_.notify_all();
}

void DecodingMemory::take(std::size_t bytes) {
  std::unique_lock lock(mutex_);
  const std::uint64_t turn = next_turn_++;
  changed_.wait(lock, [&] {
    const bool fits = used_ == 0 || (used_ <= limit_ && bytes <= limit_ - used_);
    return turn_ == turn && fits;
  });
  used_ += bytes;
  ++turn_;
  changed_.notify_all();
}

void DecodingMemory::give_back(std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  used_ -= bytes;
  changed_.notify_all();
}

void DecodingShare::hold(std::size_t bytes) {
  if (bytes == held_) return;
  memory_.give_back(std::exchange(held_, 0));
  memory_.take(bytes);
  held_ = bytes;
}

DecodingMemory& decoding_memory() {
  constexpr std::size_t kLimit = std::size_t{1} << 31;
  static DecodingMemory memory(kLimit);
  return memory;
}

}  // namespace gfnet::image
