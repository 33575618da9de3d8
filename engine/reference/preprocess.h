#pragma once

#include <cstdint>
#include <vector>

#include "image/geometry.h"
#include "image/image.h"
#include "image/normalisation.h"

/// The scalar reference of resize_horizontal.comp and resize_vertical.comp.
namespace gfnet::reference {

/// PIL's antialiased bicubic resize, followed by the crop. Equals PIL exactly: the horizontal pass
/// comes first, and each pass uses fixed point with 22 fraction bits and rounds to 8 bits.
/// channels: 3, or 1 to convert the image to grey first (ITU-R 601-2 luma, PIL's convert("L")).
/// Result: [H, W, channels].
std::vector<std::uint8_t> resize(const image::Image& source, const image::ResizeGeometry& geometry,
                                 std::uint32_t channels);

/// The network's input [C, H, W] f32: (resize(…) / 255 − mean) / std, computed in double. C is the
/// number of channels of `normalisation`, 1 or 3.
std::vector<float> preprocess(const image::Image& source, const image::ResizeGeometry& geometry,
                              const image::Normalisation& normalisation);

}  // namespace gfnet::reference
