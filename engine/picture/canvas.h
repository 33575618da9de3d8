#pragma once

#include <cstdint>
#include <string_view>

#include "gfnet/explain.h"

/// Drawing into RGB8 pictures. What lies outside the picture is left out.
namespace gfnet::picture {

/// A place on a picture, in pixels; may lie outside.
struct Point {
  std::int64_t x = 0;
  std::int64_t y = 0;
};

struct Size {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

Image filled(Size size, const Rgb& colour);
void fill(Image& target, Point corner, Size size, const Rgb& colour);
void paste(Image& target, const Image& source, Point corner);
/// A frame around the size, `thickness` pixels wide and outside of it.
void frame(Image& target, Point corner, Size size, std::int64_t thickness, const Rgb& colour);

/// A colour scale: from the most at the top to the least at the bottom.
Image colour_bar(Size size);

// --- Text: ASCII in stb_easy_font's letters, `scale` pixels a stroke --------------------------

/// With room below and above.
std::int64_t line_height(std::int64_t scale);
std::int64_t text_width(std::string_view text, std::int64_t scale);
/// corner: top left. Other characters than ASCII's are drawn as "?".
void draw_text(Image& target, Point corner, std::string_view text, std::int64_t scale,
               const Rgb& colour);

/// The text cut to fit the width, with ".." at its end.
std::string fitting(std::string_view text, std::int64_t width, std::int64_t scale);

}  // namespace gfnet::picture
