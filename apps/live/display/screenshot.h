#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <vector>

namespace live {

/// The window's pixels. bytes: [height, width] RGBA8, or BGRA8 if blue_first is true. The fourth
/// byte of each pixel is ignored.
struct WindowPixels {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool blue_first = false;
  std::vector<std::byte> bytes;
};

/// Writes the window's pixels as PNG files, one at a time, in its own thread.
class ScreenshotWriter {
 public:
  /// Starts to write `pixels` to the PNG file `path`. If `path` is empty, the file is written to
  /// the working directory, with a name made from the current time. is_busy() must be false.
  void write(std::string path, WindowPixels pixels);
  bool is_busy() const { return writing_.valid(); }
  /// Message about the file of the last write(): where the file was saved, or the error. Returns
  /// nothing while the file is being written. Returns each message only once; is_busy() is true
  /// until then.
  std::optional<std::string> outcome();

 private:
  std::future<std::string> writing_;
};

}  // namespace live
