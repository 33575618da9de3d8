#pragma once

#include <string>

#include "labelling/capture.h"
#include "labelling/labelling.h"
#include "overlay/layout.h"
#include "views/views.h"

namespace live {

/// What status_row() reports about the window.
struct WindowStatus {
  Capture::Status capture;
  Labelling::Status labelling;
  double latency_s = 0;
  double display_rate = 0;
  bool is_paused = false;
  bool is_mirrored = false;
  bool is_minimised = false;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  ViewWish view;
  bool view_is_shown = false;
  std::string view_refusal;
  /// Where parts of the window were last drawn.
  Layout layout;
  Places places;
};

/// The status as one line of JSON: {"status": {…}}. Rectangles are [x, y, width, height] in pixels.
std::string status_row(const WindowStatus& status);

}  // namespace live
