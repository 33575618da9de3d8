#pragma once

#include <deque>

#include "sources/clock.h"

namespace live {

/// Measures the rate of events, per second, over the last 2 seconds. If the last 8 events took
/// longer than 2 seconds, measures over these 8 events.
class RateMeter {
 public:
  void tick(Clock::time_point now = Clock::now()) {
    times_.push_back(now);
    forget(now);
  }
  double per_second(Clock::time_point now = Clock::now()) const {
    if (times_.size() < 2) return 0;
    // While no events come, the rate falls.
    const double since_last = seconds_between(times_.back(), now);
    const double span = seconds_between(times_.front(), times_.back());
    const double mean = span / static_cast<double>(times_.size() - 1);
    const double waited = since_last > 2 * mean ? since_last : 0;
    if (span + waited <= 0) return 0;
    return static_cast<double>(times_.size() - 1) / (span + waited);
  }
  void reset() { times_.clear(); }

 private:
  static constexpr double kWindowSeconds = 2;
  static constexpr std::size_t kLeast = 8;

  void forget(Clock::time_point now) {
    while (times_.size() > kLeast && seconds_between(times_.front(), now) > kWindowSeconds) {
      times_.pop_front();
    }
  }

  std::deque<Clock::time_point> times_;
};

}  // namespace live
