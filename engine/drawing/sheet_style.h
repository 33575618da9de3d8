#pragma once

#include <cstdint>

#include "gfnet/image.h"

/// Colours and spacing that all sheets (heat maps, filters) share.
namespace gfnet::drawing {

inline constexpr Rgb kPaper{255, 255, 255};
inline constexpr Rgb kInk{32, 32, 40};
inline constexpr Rgb kFaint{110, 110, 122};
/// Space at the edges of a sheet and between its tiles, in pixels.
inline constexpr std::int64_t kMargin = 16;

}  // namespace gfnet::drawing
