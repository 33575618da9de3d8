#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rectangle.h"
#include "views.h"

namespace live {

/// Where things are in the window.
struct Layout {
  /// Where the picture may be.
  Rectangle picture;
  Rectangle predictions;
  Rectangle meters;
  /// Of the heat's colours; no size without them.
  Rectangle legend;
  /// Of spectrum and filters; no size without them.
  Rectangle view;
  /// As wide as notices may be; they take as much height as they need.
  Rectangle notices;
};

/// Pixels of the text's height, for a window of so many pixels, `scale` of them a unit.
float text_pixels(float width, float height, float scale);

/// em: text_pixels. classes: how many are shown, if there is room.
/// In a window of at least 640×360 units nothing lies over anything but the picture.
Layout arrange(float width, float height, float em, View view, std::size_t classes);

/// Where a part of the overlay was drawn, for a script that looks at screenshots.
struct Place {
  const char* what = "";
  std::int64_t layer = -1;
  std::int64_t channel = -1;
  Rectangle where;
};
using Places = std::vector<Place>;

}  // namespace live
