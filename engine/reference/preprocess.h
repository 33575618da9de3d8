#pragma once

#include <cstdint>
#include <vector>

#include "image/geometry.h"
#include "image/image.h"
#include "image/normalisation.h"

/// The scalar twin of resize_horizontal.comp and resize_vertical.comp.
namespace gfnet::reference {

/// PIL's antialiased bicubic resize followed by the crop, exactly: the horizontal pass first, each
/// pass in 22-bit fixed point and rounded to 8 bits. channels: 3, or 1 for a picture that is turned
/// grey beforehand (ITU-R 601-2, PIL's convert("L")). Result: [H, W, channels].
std::vector<std::uint8_t> resize(const image::Image& source, const image::ResizeGeometry& geometry,
                                 std::uint32_t channels);

/// The network's input [C, H, W]: (resize(…) / 255 − mean) / std, computed in double.
std::vector<float> preprocess(const image::Image& source, const image::ResizeGeometry& geometry,
                              const image::Normalisation& normalisation);

}  // namespace gfnet::reference
