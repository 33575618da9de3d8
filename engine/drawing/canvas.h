#pragma once

#include <cstdint>
#include <string_view>

#include "gfnet/drawing.h"

/// Drawing into RGB8 images. Pixels outside the image are skipped.
namespace gfnet::drawing {

/// A position in an image, in pixels from the top left. May lie outside the image.
struct Point {
  std::int64_t x = 0;
  std::int64_t y = 0;
};

/// In pixels.
struct Size {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

/// A new image of one colour.
Image filled(Size size, const Rgb& colour);
/// Fills a rectangle. corner: the rectangle's top left.
void fill(Image& target, Point corner, Size size, const Rgb& colour);
/// Copies the whole source. corner: where the source's top left goes.
void paste(Image& target, const Image& source, Point corner);
/// Draws a frame, `thickness` pixels wide, around the outside of a rectangle.
void frame(Image& target, Point corner, Size size, std::int64_t thickness, const Rgb& colour);

/// A new image that shows the scale of heat_colour(): the highest value's colour at the top, the
/// lowest value's at the bottom.
Image colour_bar(Size size);

// --- Text in UTF-8: printable ASCII in the font of stb_easy_font, with strokes `scale` pixels
// wide. A text with other letters is drawn in a font of the system (see SystemFont) if there is
// one.

/// Height of a line of text in pixels, with space above and below.
std::int64_t line_height(std::int64_t scale);
/// Width of the drawn text in pixels.
std::int64_t text_width(std::string_view text, std::int64_t scale);
/// Draws a line of text, letter after letter from left to right. corner: the text's top left. Every
/// character that the font lacks is drawn as "?".
void draw_text(Image& target, Point corner, std::string_view text, std::int64_t scale,
               const Rgb& colour);

/// Whether the text is drawn as a reader expects it: it is UTF-8, the font has every letter, and no
/// letter needs more than a place beside the one before (see stands_alone()).
bool can_draw(std::string_view text);

/// Returns the text if it is at most `width` pixels wide. Otherwise shortens it to fit and appends
/// "..".
std::string fitting(std::string_view text, std::int64_t width, std::int64_t scale);

}  // namespace gfnet::drawing
