#pragma once

#include <array>
#include <cstdint>

#include "image/geometry.h"
#include "image/normalisation.h"
#include "include/resize_parameters.h"

namespace gfnet::image {

/// The two dispatches that resize, crop and normalise one RGB8 image. They write the result to a
/// given place in the network's input tensor.
struct ResizePlan {
  /// The range of Image::rgb, in bytes, that holds all rows which the crop needs. Copy it to the
  /// source buffer, to an offset that is a multiple of 4. Reserve source_bytes there, rounded up to
  /// a multiple of 4.
  std::uint64_t source_offset = 0;
  std::uint64_t source_bytes = 0;
  /// Size of the first dispatch's output, which the second one reads.
  std::uint64_t intermediate_bytes = 0;
  /// Elements written to the destination: C·H·W.
  std::uint64_t destination_elements = 0;

  /// The first dispatch, of shader resize_horizontal. Its bindings: 0 source, 1 intermediate.
  parameters::ResizeHorizontalParameters horizontal{};
  std::array<std::uint32_t, 3> horizontal_threads{};
  /// The second dispatch, of shader resize_vertical. Its bindings: 0 intermediate, 1 destination.
  parameters::ResizeVerticalParameters vertical{};
  std::array<std::uint32_t, 3> vertical_threads{};

  /// Sets where the image's data start in each buffer; the default is 0. source_byte and
  /// intermediate_byte must be multiples of 4.
  /// Throws UnsupportedError if the data would end beyond the shaders' 32-bit addresses.
  void place(std::uint64_t source_byte, std::uint64_t intermediate_byte,
             std::uint64_t destination_element);
};

/// Throws UnsupportedError unless the network has one or three input channels.
void check_channels(const Normalisation& normalisation);

/// Makes the plan for images of one size. Throws UnsupportedError if check_channels() does, or if
/// the image exceeds the shaders' 32-bit addresses.
ResizePlan make_resize_plan(const ResizeGeometry& geometry, const Normalisation& normalisation);

}  // namespace gfnet::image
