#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "clock.h"

namespace live {

/// Whether to give up waiting; called often, from any thread.
using StopCheck = std::function<bool()>;

/// Takes what a person should know of, though nothing ends by it.
using Notice = std::function<void(const std::string&)>;

/// Thrown by what was waiting when it was told to stop.
struct Cancelled {};

/// A picture that a source has ready.
struct FrameInfo {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// Since the source's first picture, by its own timestamps.
  double seconds = 0;
  /// Of a live source: when it came, and how many before it were passed over, being older.
  std::optional<Clock::time_point> arrived;
  std::int64_t passed_over = 0;
  /// It has nothing to do with the one before it: no video's.
  bool is_still = false;
};

/// One picture after another. Used by one thread.
class FrameSource {
 public:
  FrameSource() = default;
  virtual ~FrameSource() = default;
  FrameSource(const FrameSource&) = delete;
  FrameSource& operator=(const FrameSource&) = delete;

  /// Waits for the next picture. Nothing at the end. Throws gfnet::Error with the cause if the
  /// source fails, or Cancelled.
  virtual std::optional<FrameInfo> next() = 0;
  /// Writes the picture that next() announced: [height, width] pixels of four bytes, R, G, B and
  /// one of any value, without gaps between the rows.
  virtual void copy_to(std::span<std::byte> pixels) = 0;
  /// Whether it delivers at a pace of its own and has no end. Such a source may vanish and come
  /// back; any other has an end, and a pace that its timestamps say.
  virtual bool is_live() const = 0;
  /// For a person: "HD Webcam (/dev/video0)", "holiday.mp4".
  virtual const std::string& name() const = 0;
};

}  // namespace live
