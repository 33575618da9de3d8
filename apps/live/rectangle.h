#pragma once

#include <cstdint>

namespace live {

/// In pixels of the window, the origin at the top left.
struct Rectangle {
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;

  float right() const { return x + width; }
  float bottom() const { return y + height; }
};

/// The largest rectangle with a picture's proportions in the middle of an area.
Rectangle fit_into(const Rectangle& area, std::uint32_t width, std::uint32_t height);

}  // namespace live
