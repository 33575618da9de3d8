#pragma once

#include <gfnet/interop.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "sources/clock.h"

namespace live {

/// A frame in the device's memory, with the frame's position in the source and capture time.
struct CapturedFrame {
  std::shared_ptr<const gfnet::DeviceFrame> image;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// Index in the source, from 0. Dropped frames count as well.
  std::int64_t index = 0;
  /// Position in the source, in seconds.
  double seconds = 0;
  /// When the frame arrived from the source. FrameExchange::again() replaces this time by the
  /// current time.
  Clock::time_point captured{};
  bool is_still = false;
};

/// Passes frames from the capturing thread to the other threads. Holds one frame: the newest.
/// Thread-safe.
class FrameExchange {
 public:
  enum class Policy {
    kNewest,  ///< publish() replaces the previous frame, taken or not
    kEvery,   ///< publish() waits until the previous frame was taken
  };
  enum class AfterLast {
    kEnd,   ///< take() returns nothing once the last frame was taken
    kStay,  ///< take() waits until again() offers the last frame again
  };

  explicit FrameExchange(Policy policy, AfterLast after_last = AfterLast::kEnd)
      : policy_(policy), after_last_(after_last) {}

  /// Makes `frame` the newest frame. Between hold(true) and hold(false), `frame` is ignored and
  /// does not count as dropped.
  void publish(CapturedFrame frame);
  /// Says that no more frames will come. The newest frame can still be taken.
  void close();
  /// Ends all waits, current and future.
  void abandon();

  /// hold(true) makes publish() keep the newest frame and ignore later ones, until hold(false).
  void hold(bool held);
  /// Lets take() return the newest frame once more. The capture time of that frame becomes the
  /// current time. No effect if there is no frame, or if the newest frame was not taken yet.
  void again();

  /// Waits for a frame that was not taken yet, and returns that frame. Returns nothing after
  /// abandon(). With AfterLast::kEnd, also returns nothing if close() was called and the last frame
  /// was taken.
  std::optional<CapturedFrame> take();
  /// The newest frame, taken or not; nothing before the first frame. Does not wait.
  std::optional<CapturedFrame> newest() const;

  /// Number of frames that were replaced before they were taken.
  std::int64_t dropped() const;

 private:
  Policy policy_;
  AfterLast after_last_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<CapturedFrame> newest_;
  bool taken_ = true;
  /// Whether again() has offered the newest frame once more. In this case the newest frame was
  /// taken before, so it does not count as dropped if a new frame replaces it.
  bool is_repeated_ = false;
  bool held_ = false;
  bool closed_ = false;
  bool abandoned_ = false;
  std::int64_t dropped_ = 0;
};

}  // namespace live
