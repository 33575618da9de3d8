#pragma once

#include <array>
#include <cstdint>

#include "image/geometry.h"
#include "image/normalisation.h"
#include "include/resize_parameters.h"

namespace gfnet::image {

/// The two dispatches that turn one RGB8 picture into one image of the network's input tensor.
struct ResizePlan {
  /// The bytes of Image::rgb that the crop needs: whole rows. They go to the source buffer, to an
  /// offset that is a multiple of 4; the buffer must have room for source_bytes rounded up to one.
  std::uint64_t source_offset = 0;
  std::uint64_t source_bytes = 0;
  /// Size of what the first dispatch hands to the second.
  std::uint64_t intermediate_bytes = 0;
  /// Elements written to the destination: C·H·W.
  std::uint64_t destination_elements = 0;

  /// resize_horizontal: binding 0 source, 1 intermediate.
  parameters::ResizeHorizontalParameters horizontal{};
  std::array<std::uint32_t, 3> horizontal_threads{};
  /// resize_vertical: binding 0 intermediate, 1 destination.
  parameters::ResizeVerticalParameters vertical{};
  std::array<std::uint32_t, 3> vertical_threads{};

  /// Where the picture lies in each buffer, which is 0 at first. Bytes are multiples of 4.
  /// Throws UnsupportedError if an offset is beyond the shaders' 32 bits.
  void place(std::uint64_t source_byte, std::uint64_t intermediate_byte,
             std::uint64_t destination_element);
};

/// Throws UnsupportedError unless the network takes three channels or one.
void check_channels(const Normalisation& normalisation);

/// Throws as check_channels, and UnsupportedError if the picture is beyond the shaders' 32-bit
/// addresses.
ResizePlan make_resize_plan(const ResizeGeometry& geometry, const Normalisation& normalisation);

}  // namespace gfnet::image
