#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "display/rectangle.h"
#include "views/views.h"

namespace live {

/// Where the parts of the window are, in window pixels.
struct Layout {
  /// Area into which the frame is fitted.
  Rectangle image;
  Rectangle predictions;
  Rectangle meters;
  /// For the heat map's colour scale; 0×0 in other views.
  Rectangle legend;
  /// For the spectrum or the filters; 0×0 in other views.
  Rectangle view;
  /// Position and greatest width of the panel with notices (short messages). The height is always
  /// 0, because the panel becomes as high as the notices need.
  Rectangle notices;
};

/// Text height in pixels for a window of width × height pixels. scale: result of Window::scale().
float text_pixels(float width, float height, float scale);

/// The layout of a window of width × height pixels. em: text height in pixels, from text_pixels().
/// classes: number of classes to show. If a wide window shows a spectrum or filters and has no room
/// for all classes, fewer are shown. If there are at most five classes and the window is at least
/// 640×360 units of length (pixels divided by Window::scale()), no panel overlaps another panel.
/// All panels except Layout::view may lie over the frame.
Layout arrange(float width, float height, float em, View view, std::size_t classes);

/// A part of the overlay, such as a bar or a tile, and where this part was drawn. status_row()
/// reports the places, for tests that check screenshots. what: name of the part.
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
