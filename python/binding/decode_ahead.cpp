#include "decode_ahead.h"

#include <algorithm>
#include <cstddef>
#include <system_error>
#include <utility>

namespace binding {
namespace {

/// No further image is decoded while those that wait to be taken have so many bytes together.
constexpr std::size_t kMostWaitingBytes = std::size_t{512} << 20;

}  // namespace

DecodeAhead::DecodeAhead(std::size_t count, std::size_t ahead, Decode decode)
    : count_(count), decode_(std::move(decode)), slots_(std::max<std::size_t>(ahead, 1)) {
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  try {
    for (std::size_t i = 0; i < std::min(cores, count); ++i)
      threads_.emplace_back([this] { run(); });
  } catch (const std::system_error&) {
    // If the system allows no more threads, those that there are do the work.
    if (threads_.empty()) throw;
  }
}

DecodeAhead::~DecodeAhead() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  room_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Decoded DecodeAhead::next() {
  std::unique_lock lock(mutex_);
  Slot& slot = slots_[taken_ % slots_.size()];
  done_.wait(lock, [&slot] { return slot.is_done; });
  Decoded decoded = std::move(slot.decoded);
  slot = {};
  ++taken_;
  bytes_ -= decoded.image.rgb.size();
  lock.unlock();
  room_.notify_all();
  return decoded;
}

void DecodeAhead::run() {
  for (;;) {
    std::size_t place = 0;
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [this] { return is_ending_ || started_ == count_ || has_room(); });
      if (is_ending_ || started_ == count_) return;
      place = started_++;
    }
    Decoded image = decoded(place);
    {
      const std::lock_guard lock(mutex_);
      bytes_ += image.image.rgb.size();
      slots_[place % slots_.size()] = {true, std::move(image)};
    }
    done_.notify_one();
  }
}

bool DecodeAhead::has_room() const {
  return started_ - taken_ < slots_.size() && (bytes_ < kMostWaitingBytes || started_ == taken_);
}

Decoded DecodeAhead::decoded(std::size_t place) const {
  try {
    return {decode_(place), nullptr};
  } catch (...) {
    return {{}, std::current_exception()};
  }
}

}  // namespace binding
