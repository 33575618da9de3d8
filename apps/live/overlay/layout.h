#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "display/rectangle.h"
#include "views/views.h"

namespace live {

/// Places of the window's parts, in pixels.
struct Layout {
  /// Area for the frame, which is fitted into it.
  Rectangle image;
  Rectangle predictions;
  Rectangle meters;
  /// For the heat map's colour scale; 0×0 in other views.
  Rectangle legend;
  /// For the spectrum or the filters; 0×0 in other views.
  Rectangle view;
  /// Position and greatest width of notices. The height is always 0, because each notice takes the
  /// height that it needs.
  Rectangle notices;
};

/// Text height in pixels for a window of width × height pixels. scale: pixels per unit of length.
float text_pixels(float width, float height, float scale);

/// Lays out a window of width × height pixels. em: text height from text_pixels(). classes: number
/// of classes to show; a wide window with a spectrum or filters shows fewer if there is no room.
/// With up to five classes, panels do not overlap each other if the window is at least 640×360
/// units of length (pixels divided by the window's scale). They may lie over the frame, except
/// Layout::view.
Layout arrange(float width, float height, float em, View view, std::size_t classes);

/// Where a part of the overlay was drawn. Status rows report it to scripts that check screenshots.
struct Place {
  const char* what = "";
  /// −1 if the part does not belong to a layer.
  std::int64_t layer = -1;
  /// −1 if the part does not belong to a channel.
  std::int64_t channel = -1;
  Rectangle where;
};
using Places = std::vector<Place>;

}  // namespace live
