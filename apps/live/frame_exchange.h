#pragma once

#include <gfnet/interop.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "clock.h"

namespace live {

/// A picture on the device, with where and when it comes from.
struct CapturedFrame {
  std::shared_ptr<const gfnet::DeviceFrame> picture;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// Of the source, counted from 0, pictures that never got here included.
  std::int64_t index = 0;
  /// Position in the source.
  double seconds = 0;
  /// When the source had it.
  Clock::time_point captured{};
  bool is_still = false;
};

/// Where the capturing thread leaves pictures for the others. Thread-safe.
class FrameExchange {
 public:
  enum class Policy {
    kNewest,  ///< a picture that comes before the last was taken replaces it
    kEvery,   ///< it waits until the last was taken
  };
  enum class AfterLast {
    kEnd,   ///< take() returns nothing once the last picture has been taken
    kStay,  ///< it waits for again(): the last picture stays in sight
  };

  explicit FrameExchange(Policy policy, AfterLast after_last = AfterLast::kEnd)
      : policy_(policy), after_last_(after_last) {}

  /// Not while it is held: then a picture is left out, uncounted.
  void publish(CapturedFrame frame);
  /// Nothing more comes; what is there can still be taken.
  void close();
  /// Ends every wait, now and from now on.
  void abandon();

  /// While it is held the newest picture stays what it is.
  void hold(bool held);
  /// The newest, if there is one, can be taken once more, as if it had just been captured.
  void again();

  /// Waits for a picture that was not taken before. Nothing at the end.
  std::optional<CapturedFrame> take();
  /// The newest, taken or not, without waiting.
  std::optional<CapturedFrame> newest() const;

  /// How many pictures were replaced before they were taken.
  std::int64_t dropped() const;

 private:
  Policy policy_;
  AfterLast after_last_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<CapturedFrame> newest_;
  bool taken_ = true;
  /// Whether the newest has been taken before.
  bool is_repeated_ = false;
  bool held_ = false;
  bool closed_ = false;
  bool abandoned_ = false;
  std::int64_t dropped_ = 0;
};

}  // namespace live
