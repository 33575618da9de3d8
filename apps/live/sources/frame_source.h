#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "sources/clock.h"

namespace live {

/// Takes a message for the user about a problem that does not end the run.
using Notice = std::function<void(const std::string&)>;

/// Describes a frame that a source has ready.
struct FrameInfo {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// Timestamp: seconds since the source's first frame.
  double seconds = 0;
  /// When the frame arrived. Live sources only.
  std::optional<Clock::time_point> arrived;
  /// Number of frames that were skipped between the previous frame and this frame. 0 if the source
  /// is not live.
  std::int64_t passed_over = 0;
  /// A single image that is unrelated to the one before, not a frame of a video.
  bool is_still = false;
};

/// A source of frames: delivers one frame after another. Only one thread at a time may use a
/// source.
class FrameSource {
 public:
  FrameSource() = default;
  virtual ~FrameSource() = default;
  FrameSource(const FrameSource&) = delete;
  FrameSource& operator=(const FrameSource&) = delete;

  /// Waits for the next frame. Returns nothing at the end of the source. Throws gfnet::Error with
  /// the cause if the source fails, and Cancelled if told to stop.
  virtual std::optional<FrameInfo> next() = 0;
  /// Writes the frame that next() described to `pixels`: [height, width] pixels of 4 bytes (R, G, B
  /// and a byte of any value), rows without gaps.
  virtual void copy_to(std::span<std::byte> pixels) = 0;
  /// Whether the source, such as a camera, delivers frames at its own pace and has no end. A live
  /// source may vanish and come back. A source that is not live has an end, and the timestamps of
  /// its frames give the pace.
  virtual bool is_live() const = 0;
  /// Name for the user: "HD Webcam (/dev/video0)", "holiday.mp4".
  virtual const std::string& name() const = 0;
};

}  // namespace live
