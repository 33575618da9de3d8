#pragma once

#include <cstddef>
#include <cstdint>

namespace live {

/// An image in memory: [height, width] pixels of 4 bytes. The rows start `stride` bytes apart.
struct PixelRows {
  const std::uint8_t* bytes = nullptr;
  std::size_t stride = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// One of the eight ways to place an image on the screen: first the axes change places, if they do;
/// then the image is mirrored.
struct Orientation {
  /// The rows become columns: pixel (x, y) goes to (y, x).
  bool transposed = false;
  /// Left and right of the result change places.
  bool mirrored_x = false;
  /// Top and bottom of the result change places.
  bool mirrored_y = false;

  bool is_upright() const { return !transposed && !mirrored_x && !mirrored_y; }
};

/// The orientation that a video's display matrix stands for: the nearest of the eight. matrix: nine
/// numbers in the order of FFmpeg's AV_PKT_DATA_DISPLAYMATRIX, which maps pixel (x, y) to
/// (matrix[0]·x + matrix[3]·y, matrix[1]·x + matrix[4]·y), up to a scale and a shift.
Orientation orientation_of(const std::int32_t* matrix);

/// Writes the image to `target`, in the given orientation. The result has [height, width] pixels,
/// or [width, height] if the image is transposed, in rows without gaps.
void turn_image(const PixelRows& image, Orientation orientation, std::uint8_t* target);

}  // namespace live
