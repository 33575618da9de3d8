#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "drawing/canvas.h"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#include <stb_easy_font.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace gfnet::drawing {
namespace {

/// A corner of a quad as stb_easy_font writes it.
struct Vertex {
  std::array<float, 3> position;
  std::array<unsigned char, 4> colour;
};
static_assert(sizeof(Vertex) == 16);

/// The text with every character that is not printable ASCII replaced by "?". Needed because
/// stb_easy_font indexes its glyph table by the character without a check.
std::string in_ascii(std::string_view text) {
  std::string ascii;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0u) == 0x80u) continue;  // a continuation byte of UTF-8
    ascii += byte >= 0x20 && byte < 0x7F ? c : '?';
  }
  return ascii;
}

}  // namespace

std::int64_t line_height(std::int64_t scale) { return 12 * scale; }

std::int64_t text_width(std::string_view text, std::int64_t scale) {
  std::string ascii = in_ascii(text);
  return scale * stb_easy_font_width(ascii.data());
}

void draw_text(Image& target, Point corner, std::string_view text, std::int64_t scale,
               const Rgb& colour) {
  constexpr std::size_t kMostQuads = 64;  // per letter; an upper bound
  std::string ascii = in_ascii(text);
  std::vector<Vertex> vertices(4 * kMostQuads * std::max<std::size_t>(ascii.size(), 1));
  const int quads = stb_easy_font_print(0.0f, 0.0f, ascii.data(), nullptr, vertices.data(),
                                        static_cast<int>(vertices.size() * sizeof(Vertex)));
  for (std::size_t i = 0; i < static_cast<std::size_t>(quads); ++i) {
    const auto& from = vertices[4 * i].position;
    const auto& to = vertices[4 * i + 2].position;
    const auto pixel = [scale](float position) {
      return scale * static_cast<std::int64_t>(position);
    };
    fill(target, {corner.x + pixel(from[0]), corner.y + pixel(from[1])},
         {pixel(to[0]) - pixel(from[0]), pixel(to[1]) - pixel(from[1])}, colour);
  }
}

std::string fitting(std::string_view text, std::int64_t width, std::int64_t scale) {
  std::string whole = in_ascii(text);
  if (text_width(whole, scale) <= width) return whole;
  while (!whole.empty() && text_width(whole + "..", scale) > width) whole.pop_back();
  return whole + "..";
}

}  // namespace gfnet::drawing
