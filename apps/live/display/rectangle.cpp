#include "display/rectangle.h"

#include <algorithm>

namespace live {

Rectangle fit_into(const Rectangle& area, std::uint32_t width, std::uint32_t height) {
  const float scale =
      std::min(area.width / static_cast<float>(width), area.height / static_cast<float>(height));
  Rectangle fitted;
  fitted.width = scale * static_cast<float>(width);
  fitted.height = scale * static_cast<float>(height);
  fitted.x = area.x + 0.5F * (area.width - fitted.width);
  fitted.y = area.y + 0.5F * (area.height - fitted.height);
  return fitted;
}

}  // namespace live
