#pragma once

#include <cstddef>
#include <cstdint>

namespace gfnet::image {

/// Converts pixels of CIE L*a*b* to sRGB as PIL does, within 1/255. lab: [pixels, 3]; L* from 0 to
/// 255 stands for 0 to 100, and a* and b* are signed bytes. The white point is D50. rgb: [pixels,
/// 3]; may be the same memory. Colours outside of sRGB are clipped.
/// PIL lets Little CMS interpolate between 33 nodes of each axis. Near the ends of sRGB, that
/// differs from the formulas by up to 50/255; so the nodes are the same here.
/// Source: ISO 15076-1 (L*a*b* and its white point); IEC 61966-2-1 (sRGB).
void rgb_from_lab(const std::uint8_t* lab, std::uint8_t* rgb, std::size_t pixels);

}  // namespace gfnet::image
