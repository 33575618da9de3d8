#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace live {

/// A picture that a source has ready.
struct FrameInfo {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// Since the source's first picture, by its own timestamps.
  double seconds = 0;
};

/// One picture after another. Used by one thread.
class FrameSource {
 public:
  FrameSource() = default;
  virtual ~FrameSource() = default;
  FrameSource(const FrameSource&) = delete;
  FrameSource& operator=(const FrameSource&) = delete;

  /// Waits for the next picture. Nothing at the end, or when told to stop. Throws gfnet::Error with
  /// the cause if the source fails.
  virtual std::optional<FrameInfo> next() = 0;
  /// Writes the picture that next() announced: [height, width] pixels of four bytes, R, G, B and
  /// one of any value, without gaps between the rows.
  virtual void copy_to(std::span<std::byte> pixels) = 0;
  /// For a person: "HD Webcam (/dev/video0)", "holiday.mp4".
  virtual const std::string& name() const = 0;
};

}  // namespace live
