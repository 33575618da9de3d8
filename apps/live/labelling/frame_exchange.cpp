#include "labelling/frame_exchange.h"

#include <utility>

namespace live {

void FrameExchange::publish(CapturedFrame frame) {
  std::unique_lock lock(mutex_);
  if (policy_ == Policy::kEvery) {
    changed_.wait(lock, [&] { return taken_ || held_ || abandoned_; });
  }
  if (abandoned_ || held_) return;
  if (!taken_ && !is_repeated_) ++dropped_;
  newest_ = std::move(frame);
  taken_ = is_repeated_ = false;
  changed_.notify_all();
}

void FrameExchange::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

void FrameExchange::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  changed_.notify_all();
}

void FrameExchange::hold(bool held) {
  const std::lock_guard lock(mutex_);
  held_ = held;
  changed_.notify_all();
}

void FrameExchange::again() {
  const std::lock_guard lock(mutex_);
  if (!newest_ || !taken_) return;
  newest_->captured = Clock::now();
  taken_ = false;
  is_repeated_ = true;
  changed_.notify_all();
}

std::optional<CapturedFrame> FrameExchange::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(
      lock, [&] { return !taken_ || abandoned_ || (closed_ && after_last_ == AfterLast::kEnd); });
  if (taken_ || abandoned_) return std::nullopt;
  taken_ = true;
  changed_.notify_all();
  return newest_;
}

std::optional<CapturedFrame> FrameExchange::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

std::int64_t FrameExchange::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace live
