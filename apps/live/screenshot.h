#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <vector>

namespace live {

/// What the window shows: [height, width] of RGBA8, whose last byte is not looked at; with
/// blue_first BGRA8.
struct WindowPixels {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool blue_first = false;
  std::vector<std::byte> bytes;
};

/// Writes pictures of the window as PNG files, one at a time, in a thread of its own.
class ScreenshotWriter {
 public:
  /// path: empty for one named after the time, in the working directory. It must not be busy.
  void write(std::string path, WindowPixels pixels);
  bool is_busy() const { return writing_.valid(); }
  /// Once the last one is written: where it is, or why it is not; then it is no longer busy.
  std::optional<std::string> outcome();

 private:
  std::future<std::string> writing_;
};

}  // namespace live
