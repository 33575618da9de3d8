#pragma once

#include <imgui.h>

#include <string>

#include "display/rectangle.h"
#include "views/view_image.h"

/// Shared by the overlay's panels: colours, text and the panel itself. All functions must be called
/// between Dear ImGui's NewFrame and Render.
namespace live {

constexpr ImU32 kText = IM_COL32(255, 255, 255, 240);
constexpr ImU32 kFaint = IM_COL32(255, 255, 255, 165);
constexpr ImU32 kTrack = IM_COL32(255, 255, 255, 36);
constexpr ImU32 kBest = IM_COL32(86, 204, 142, 255);
constexpr ImU32 kOther = IM_COL32(92, 160, 235, 255);
constexpr ImU32 kWarning = IM_COL32(255, 196, 84, 255);

/// `count` text heights, in pixels.
float em(float count);

/// The colour with its alpha multiplied by opacity (limited to 0 … 1).
ImU32 faded(ImU32 colour, float opacity);

/// The whole text if it fits into `width` pixels. Otherwise the beginning of the text with a "…" at
/// the end, so that the result fits.
std::string fit_text(const std::string& text, float width);

/// Draws text that ends at x.
void text_right(float x, float y, ImU32 colour, const std::string& text);
/// Draws text centred at x, `size` pixels high, cut to `width` pixels.
void text_centred(float x, float y, float size, ImU32 colour, const std::string& text, float width);

/// A panel of the overlay: a Dear ImGui window without decoration, open while this object lives. If
/// `place` is too small for any content, no panel is opened, and this object converts to false.
class Panel {
 public:
  Panel(const char* name, const Rectangle& place, float opacity = 0.8F);
  ~Panel();
  Panel(const Panel&) = delete;
  Panel& operator=(const Panel&) = delete;

  explicit operator bool() const { return is_open_; }
  /// The area within the margins.
  const Rectangle& inside() const { return inside_; }
  ImDrawList& list() const { return *ImGui::GetWindowDrawList(); }

 private:
  bool is_open_;
  Rectangle inside_;
};

/// Draws the part `tile` of a view's image, scaled to `place`.
void draw_tile(ImDrawList& list, const ViewImage& image, const Tile& tile, const Rectangle& place);

/// Draws the colour scale of heat maps, from left to right, and below the scale the texts `least`
/// (left) and `most` (right). Scale and texts together are 2 text heights high.
void draw_colour_scale(ImDrawList& list, const Rectangle& place, const std::string& least,
                       const std::string& most);

}  // namespace live
