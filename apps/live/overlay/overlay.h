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
  /// Shown for a few seconds, such as where a screenshot was saved.
  std::string message;
  View view = View::kNone;
  /// Null while it is being made.
  std::shared_ptr<const ViewImage> view_image;
  /// Why the view cannot be made; empty if it can.
  std::string view_refusal;
};

/// Text, bars, graph and views over the frame, made with Dear ImGui. Only one may exist at a time.
class Overlay {
 public:
  /// font: a TrueType or OpenType file; empty: a known font of the system. Throws
  /// gfnet::FormatError if a named file is not a font.
  explicit Overlay(const std::string& font);
  ~Overlay();
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  /// width, height: in pixels. scale: pixels per unit of length. Returns whether the glyphs were
  /// rebuilt.
  bool set_window(std::uint32_t width, std::uint32_t height, float scale);
  /// elapsed_s: seconds since the last call, for moving parts. The data are valid until the next
  /// call.
  const ImDrawData& draw(const OverlayContent& content, double elapsed_s);

  /// layout() is the layout of the last drawing, places() where its parts were drawn.
  const Layout& layout() const { return layout_; }
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
  /// LabelledFrame::number of the result that is shown; 0 before the first.
  std::int64_t taken_ = 0;
};

}  // namespace live
