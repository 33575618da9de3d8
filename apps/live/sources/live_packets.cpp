#include "sources/live_packets.h"

#include <new>
#include <utility>

namespace live {
namespace {

/// If a packet has waited longer than this, all waiting packets are dropped when the next key frame
/// arrives.
constexpr double kLongWaitSeconds = 0.15;
/// If a packet has waited longer than this, all waiting packets are dropped at once.
constexpr double kTooLongWaitSeconds = 2;
/// After packets were dropped, decoding usually continues at the next key frame. After this time,
/// decoding continues without a key frame, because some streams have no key frames and recover
/// gradually.
constexpr double kLongestGapSeconds = 5;

}  // namespace

LivePackets::LivePackets(Read read, bool each_stands_for_itself)
    : read_(std::move(read)), each_stands_for_itself_(each_stands_for_itself) {
  thread_ = std::thread([this] { run(); });
}

LivePackets::~LivePackets() { thread_.join(); }

void LivePackets::run() {
  std::exception_ptr error;
  try {
    while (true) {
      OwnedPacket packet(av_packet_alloc());
      if (!packet) throw std::bad_alloc();
      if (!read_(*packet)) break;
      add(std::move(packet));
    }
  } catch (...) {
    error = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  error_ = error;
  has_ended_ = true;
  changed_.notify_all();
}

void LivePackets::add(OwnedPacket packet) {
  const Clock::time_point now = Clock::now();
  const bool stands_for_itself = each_stands_for_itself_ || (packet->flags & AV_PKT_FLAG_KEY) != 0;
  const std::lock_guard lock(mutex_);
  const double waited = waiting_.empty() ? 0 : seconds_between(waiting_.front().when, now);
  const bool is_late = each_stands_for_itself_ ? !waiting_.empty() : waited > kLongWaitSeconds;
  if ((is_late && stands_for_itself) || waited > kTooLongWaitSeconds) {
    left_out_ += static_cast<std::int64_t>(waiting_.size());
    waiting_.clear();
    gap_since_ = now;
  }
  const bool can_be_decoded =
      !gap_since_ || stands_for_itself || seconds_between(*gap_since_, now) > kLongestGapSeconds;
  if (!can_be_decoded) {
    ++left_out_;
    return;
  }
  const bool is_after_gap = gap_since_.has_value() && !each_stands_for_itself_;
  gap_since_.reset();
  waiting_.push_back({std::move(packet), now, is_after_gap});
  changed_.notify_all();
}

std::optional<LivePackets::Arrival> LivePackets::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !waiting_.empty() || has_ended_; });
  if (!waiting_.empty()) {
    Arrival arrival = std::move(waiting_.front());
    waiting_.pop_front();
    return arrival;
  }
  if (error_) std::rethrow_exception(error_);
  return std::nullopt;
}

bool LivePackets::has_more() const {
  const std::lock_guard lock(mutex_);
  return !waiting_.empty();
}

std::int64_t LivePackets::take_left_out() {
  const std::lock_guard lock(mutex_);
  return std::exchange(left_out_, 0);
}

}  // namespace live
