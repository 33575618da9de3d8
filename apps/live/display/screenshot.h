#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <vector>

namespace live {

/// The window's pixels: [height, width] RGBA8, or BGRA8 with blue_first. The last byte of a pixel
/// is ignored.
struct WindowPixels {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool blue_first = false;
  std::vector<std::byte> bytes;
};

/// Writes the window's pixels as PNG files, one at a time, in its own thread.
class ScreenshotWriter {
 public:
  /// Starts to write a file. path: empty for a name made from the current time, in the working
  /// directory. is_busy() must be false.
  void write(std::string path, WindowPixels pixels);
  bool is_busy() const { return writing_.valid(); }
  /// Message about the file: where it was saved, or the error. Returns nothing while the file is
  /// being written. Each message is returned once; is_busy() is false after that.
  std::optional<std::string> outcome();

 private:
  std::future<std::string> writing_;
};

}  // namespace live
