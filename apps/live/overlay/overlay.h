#pragma once

#include <gfnet/gfnet.h>

#include <memory>
#include <string>
#include <vector>

#include "labelling/capture.h"
#include "labelling/labelling.h"
#include "overlay/layout.h"
#include "overlay/meter_panel.h"
#include "overlay/prediction_panel.h"
#include "views/view_image.h"

struct ImDrawData;

namespace live {

/// What the overlay shows.
struct OverlayContent {
  Capture::Status capture;
  Labelling::Status labelling;
  std::shared_ptr<const LabelledFrame> labelled;
  std::string device;
  double display_rate = 0;
  bool is_paused = false;
  bool shows_help = false;
  /// A message that is shown for a few seconds, such as where a screenshot was saved. May be empty.
  std::string message;
  View view = View::kNone;
  /// Image of the view. Null while the image is being made, or if it cannot be made.
  std::shared_ptr<const ViewImage> view_image;
  /// Why the image of the view cannot be made; empty if it can be made.
  std::string view_refusal;
};

/// Text, bars, graph and views over the frame, made with Dear ImGui. Only one Overlay may exist at
/// a time.
class Overlay {
 public:
  /// font: path of a TrueType or OpenType file; empty: a known font of the system. If `font` is not
  /// empty, throws gfnet::FormatError if the file cannot be read or is not such a font.
  explicit Overlay(const std::string& font);
  ~Overlay();
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  /// Tells the overlay the size of the window, in pixels. scale: result of Window::scale(). Returns
  /// whether the glyphs were rebuilt. If so, Renderer::forget_glyphs() must be called.
  bool set_window(std::uint32_t width, std::uint32_t height, float scale);
  /// Draws the overlay with Dear ImGui and returns what the renderer has to draw. The result is
  /// valid until the next call of draw(). elapsed_s: seconds since the last call of draw(), for
  /// moving parts.
  const ImDrawData& draw(const OverlayContent& content, double elapsed_s);

  /// The layout of the last draw().
  const Layout& layout() const { return layout_; }
  /// Where the last draw() drew bars, graph and tiles.
  const Places& places() const { return places_; }

 private:
  void load_glyphs(float pixels);
  void draw_notices(const OverlayContent& content) const;
  void draw_view(const OverlayContent& content);
  void draw_help(const OverlayContent& content) const;

  std::vector<unsigned char> font_;  // empty: Dear ImGui's own font
  float width_ = 0;
  float height_ = 0;
  float glyph_pixels_ = 0;
  Layout layout_;
  Places places_;
  PredictionPanel predictions_;
  MeterPanel meters_;
  /// LabelledFrame::number of the result that is shown; 0 before the first result.
  std::int64_t taken_ = 0;
};

}  // namespace live
