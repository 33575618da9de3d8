#pragma once

#include <cstdint>

namespace live {

/// A rectangle in window pixels; the origin is the window's top left corner.
struct Rectangle {
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;

  float right() const { return x + width; }
  float bottom() const { return y + height; }
};

/// The largest rectangle with the aspect ratio width : height that fits into `area`. The centre of
/// the result is the centre of `area`.
Rectangle fit_into(const Rectangle& area, std::uint32_t width, std::uint32_t height);

}  // namespace live
