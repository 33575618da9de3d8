#pragma once

#include <gfnet/gfnet.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "capture.h"
#include "labelling.h"

struct ImDrawData;

namespace live {

/// What the overlay tells.
struct OverlayContent {
  Capture::Status capture;
  Labelling::Status labelling;
  std::shared_ptr<const LabelledFrame> labelled;
  std::string device;
  double display_rate = 0;
  std::int64_t dropped = 0;
  std::size_t models = 1;
  bool is_paused = false;
  bool shows_help = false;
  /// Said for a moment: where a screenshot went.
  std::string message;
};

/// Text, bars and graph over the picture, made with Dear ImGui. There may be one.
class Overlay {
 public:
  /// font: a TrueType file; empty: one that is known to be on many systems.
  explicit Overlay(const std::string& font);
  ~Overlay();
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  /// For a window of so many pixels, scale of them a unit. Whether the glyphs were made anew.
  bool set_window(std::uint32_t width, std::uint32_t height, float scale);
  /// elapsed_s: since the last time, for what moves. The data hold until the next call.
  const ImDrawData& draw(const OverlayContent& content, double elapsed_s);

 private:
  /// A class as it is shown: bar and place follow what is so with a little delay.
  struct Row {
    std::string label;
    float probability = 0;
    float place = 0;
    float opacity = 0;
    float wanted_probability = 0;
    float wanted_place = 0;
    bool is_wanted = false;
  };

  void load_glyphs(float pixels);
  void follow(const OverlayContent& content, float elapsed_s);
  void draw_predictions(const OverlayContent& content);
  void draw_meters(const OverlayContent& content);
  void draw_latency_graph(float width, float height);
  void draw_notices(const OverlayContent& content);
  void draw_help(const OverlayContent& content);
  float em(float count) const;

  std::string font_;
  float width_ = 0;
  float height_ = 0;
  float glyph_pixels_ = 0;
  std::map<std::int64_t, Row> rows_;
  std::deque<float> latencies_ms_;
  std::int64_t last_counted_ = 0;
  std::size_t last_model_ = 0;
  std::int64_t labelled_by_model_ = 0;
};

}  // namespace live
