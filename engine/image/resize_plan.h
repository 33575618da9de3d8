#pragma once

#include <cstdint>

#include "gfnet/image.h"
#include "image/geometry.h"
#include "image/normalisation.h"
#include "include/resize_parameters.h"

namespace gfnet::image {

/// What images become: the input of a network.
struct ResizeTarget {
  /// Size of the network's input, in pixels.
  Extent extent;
  /// Size of the centre crop divided by the size that the image is resized to, in (0, 1]. See
  /// resize_geometry.
  double crop_ratio = 1.0;
  Normalisation normalisation;
};

/// The part of an image that the crop needs, in pixels.
struct SourceWindow {
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  std::uint32_t first_column = 0;
  std::uint32_t columns = 0;
};

/// How the shaders resize, crop and normalise one image: first resize_horizontal from the source to
/// an intermediate image, then resize_vertical from the intermediate image to the network's input.
struct ResizePlan {
  /// The part of the image that the source buffer must hold.
  SourceWindow window;
  /// W: columns of the intermediate and of the result.
  std::uint32_t columns = 0;
  /// Size of the intermediate image: 4 bytes for each of window.rows · columns pixels.
  std::uint64_t intermediate_bytes = 0;
  /// Elements written to the destination: C·H·W.
  std::uint64_t destination_elements = 0;
  /// The parameters that depend on the image's size alone. set_source() and place() set the others.
  parameters::ResizeImage parameters{};

  /// Describes the rows in the source buffer. row_bytes: from the start of a row to the start of
  /// the next row; a multiple of 4 if a pixel has 4 bytes. Throws UnsupportedError if row_bytes
  /// exceeds the shaders' 32-bit addresses.
  void set_source(PixelFormat format, std::uint64_t row_bytes);
  /// Sets where the intermediate image and the result start in their buffers. intermediate_byte: a
  /// multiple of 4. Throws UnsupportedError if a start exceeds the shaders' 32-bit addresses.
  void place(std::uint64_t intermediate_byte, std::uint64_t destination_element);
  /// The parameters for processing only rows [begin, end) of the window. byte: offset in the source
  /// buffer of the first pixel of row `begin`; a multiple of 4 if a pixel has 4 bytes. The result
  /// is written only with the band that holds the window's last row. Call set_source() and place()
  /// first. Throws UnsupportedError if the rows exceed the shaders' 32-bit addresses.
  parameters::ResizeImage band(std::uint32_t begin, std::uint32_t end, std::uint64_t byte) const;
};

/// Throws UnsupportedError unless the network has one or three input channels.
void check_channels(const Normalisation& normalisation);

/// Makes the plan for images of one size. Throws UnsupportedError if check_channels() or
/// resize_geometry() do, or if the image exceeds the shaders' 32-bit addresses.
ResizePlan make_resize_plan(Extent source, const ResizeTarget& target);

/// The push constants of the shaders, for images from index 0 on. Throws UnsupportedError if
/// check_channels() does.
parameters::ResizeTarget target_parameters(const ResizeTarget& target);

}  // namespace gfnet::image
