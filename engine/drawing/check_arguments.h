#pragma once

#include "gfnet/drawing.h"

/// Checks of what a program gives to the functions of gfnet/explain.h and gfnet/drawing.h. All
/// throw ArgumentError.
namespace gfnet::drawing {

/// Whether `count` values are a plane [height, width] with at least one value.
bool is_plane(std::size_t count, std::int64_t height, std::int64_t width);

/// Throws if the image has no pixels, or if the size of `rgb` is not 3·width·height.
void check(const Image& image);
/// Throws if the sizes of the values do not match the height and width, or if these are below 1.
void check(const ClassMap& map);
void check(const LayerSpectrum& spectrum);
/// Throws if the size of the kernel does not match the height, width and channels, or if one of
/// these is below 1.
void check(const LayerFilter& filter);

}  // namespace gfnet::drawing
