#pragma once

#include <imgui.h>

#include <cstdio>
#include <string>

#include "rectangle.h"
#include "view_picture.h"

/// What the overlay's panels share: colours, text, and the frame around it. Between Dear ImGui's
/// NewFrame and Render.
namespace live {

constexpr ImU32 kText = IM_COL32(255, 255, 255, 240);
constexpr ImU32 kFaint = IM_COL32(255, 255, 255, 165);
constexpr ImU32 kTrack = IM_COL32(255, 255, 255, 36);
constexpr ImU32 kBest = IM_COL32(86, 204, 142, 255);
constexpr ImU32 kOther = IM_COL32(92, 160, 235, 255);
constexpr ImU32 kWarning = IM_COL32(255, 196, 84, 255);

/// So many heights of the text.
float em(float count);

ImU32 faded(ImU32 colour, float opacity);

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

/// As much of the text as fits, and "…".
std::string fit_text(const std::string& text, float width);

/// Text with its right end at x.
void text_right(float x, float y, ImU32 colour, const std::string& text);
/// Text with its middle at x, `size` pixels high, cut to a width.
void text_centred(float x, float y, float size, ImU32 colour, const std::string& text, float width);

/// A panel for as long as it lives. Whether it is large enough to hold anything: bool.
class Panel {
 public:
  Panel(const char* name, const Rectangle& place, float opacity = 0.8F);
  ~Panel();
  Panel(const Panel&) = delete;
  Panel& operator=(const Panel&) = delete;

  explicit operator bool() const { return is_open_; }
  /// Within its margins.
  const Rectangle& inside() const { return inside_; }
  ImDrawList& list() const { return *ImGui::GetWindowDrawList(); }

 private:
  bool is_open_;
  Rectangle inside_;
};

/// Part of the view's picture.
void draw_tile(ImDrawList& list, const ViewPicture& picture, const Tile& tile,
               const Rectangle& place);

/// The heat's colours from left to right, with the values at their ends below; as high as 2 em.
void draw_colour_scale(ImDrawList& list, const Rectangle& place, const std::string& least,
                       const std::string& most);

}  // namespace live
