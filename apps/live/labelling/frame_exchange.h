#pragma once

#include <gfnet/interop.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "sources/clock.h"

namespace live {

/// A frame in the device's memory, with its position in the source and its capture time.
struct CapturedFrame {
  std::shared_ptr<const gfnet::DeviceFrame> image;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// Index in the source, from 0. Dropped frames count as well.
  std::int64_t index = 0;
  /// Position in the source, in seconds.
  double seconds = 0;
  /// When the frame arrived from the source. FrameExchange::again() sets it to the current time.
  Clock::time_point captured{};
  bool is_still = false;
};

/// Passes frames from the capturing thread to the other threads. Holds one frame: the newest.
/// Thread-safe.
class FrameExchange {
 public:
  enum class Policy {
    kNewest,  ///< a new frame replaces one that was not taken yet
    kEvery,   ///< publish() waits until the previous frame was taken
  };
  enum class AfterLast {
    kEnd,   ///< take() returns nothing once the last frame was taken
    kStay,  ///< take() waits until again() offers the last frame again
  };

  explicit FrameExchange(Policy policy, AfterLast after_last = AfterLast::kEnd)
      : policy_(policy), after_last_(after_last) {}

  /// Makes `frame` the newest one. Ignores it between hold(true) and hold(false), and does not
  /// count it as dropped.
  void publish(CapturedFrame frame);
  /// Says that no more frames will come. The newest one can still be taken.
  void close();
  /// Ends all waits, current and future.
  void abandon();

  /// hold(true) makes publish() keep the newest frame and ignore later ones, until hold(false).
  void hold(bool held);
  /// Lets take() return the newest frame once more, with the current time as its capture time. No
  /// effect if there is no frame, or if the newest one was not taken yet.
  void again();

  /// Waits for a frame that was not taken yet. Returns nothing after abandon(), and, with kEnd,
  /// after close() once the last frame was taken.
  std::optional<CapturedFrame> take();
  /// The newest frame, taken or not; nothing before the first. Does not wait.
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
  /// Whether again() has offered the newest frame once more. Such a frame was taken before, so it
  /// does not count as dropped.
  bool is_repeated_ = false;
  bool held_ = false;
  bool closed_ = false;
  bool abandoned_ = false;
  std::int64_t dropped_ = 0;
};

}  // namespace live
