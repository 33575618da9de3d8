#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "drawing/canvas.h"
#include "drawing/lone_letters.h"
#include "drawing/system_font.h"

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

bool is_ascii(char32_t letter) { return letter >= 0x20 && letter < 0x7F; }

/// The letters of a text in UTF-8. A byte that is not UTF-8 gives U+FFFD.
std::u32string letters_of(std::string_view text) {
  std::u32string letters;
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    char32_t letter = length == 0 ? 0xFFFD : length == 1 ? first : first & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      letter = letter << 6u | (static_cast<unsigned char>(text[i]) & 0x3Fu);
    }
    letters += letter;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return letters;
}

/// The font that draws a text with letters outside ASCII. Null if stb_easy_font draws the text: all
/// of it is ASCII, or no font is installed that has any of the other letters.
const SystemFont* font_for(const std::u32string& letters) {
  if (std::ranges::all_of(letters, is_ascii)) return nullptr;
  const SystemFont* const font = SystemFont::find();
  const auto is_drawn = [font](char32_t letter) { return letter > 0x7F && font->has(letter); };
  return font != nullptr && std::ranges::any_of(letters, is_drawn) ? font : nullptr;
}

/// The text with every character that is not printable ASCII replaced by "?". Needed because
/// stb_easy_font indexes its glyph table by the character without a check.
std::string in_ascii(const std::u32string& letters) {
  std::string ascii;
  for (const char32_t letter : letters) ascii += is_ascii(letter) ? static_cast<char>(letter) : '?';
  return ascii;
}

}  // namespace

std::int64_t line_height(std::int64_t scale) { return 12 * scale; }

std::int64_t text_width(std::string_view text, std::int64_t scale) {
  const std::u32string letters = letters_of(text);
  if (const SystemFont* const font = font_for(letters)) {
    return font->width(letters, line_height(scale));
  }
  std::string ascii = in_ascii(letters);
  return scale * stb_easy_font_width(ascii.data());
}

void draw_text(Image& target, Point corner, std::string_view text, std::int64_t scale,
               const Rgb& colour) {
  constexpr std::size_t kMostQuads = 64;  // per letter; an upper bound
  const std::u32string letters = letters_of(text);
  if (const SystemFont* const font = font_for(letters)) {
    return font->draw(target, corner, letters, line_height(scale), colour);
  }
  std::string ascii = in_ascii(letters);
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

bool can_draw(std::string_view text) {
  if (!is_utf8(text)) return false;
  const std::u32string letters = letters_of(text);
  const SystemFont* const font = font_for(letters);
  return std::ranges::all_of(letters, [font](char32_t letter) {
    return is_ascii(letter) || (font != nullptr && font->has(letter) && stands_alone(letter));
  });
}

std::string fitting(std::string_view text, std::int64_t width, std::int64_t scale) {
  if (text_width(text, scale) <= width) return std::string(text);
  std::vector<std::size_t> ends{0};  // of the text's beginnings that are whole letters
  while (ends.back() < text.size()) {
    const std::size_t length = utf8_sequence_length(text.substr(ends.back()));
    ends.push_back(ends.back() + std::max<std::size_t>(length, 1));
  }
  const auto cut = [text](std::size_t end) { return std::string(text.substr(0, end)) + ".."; };
  const auto too_long = std::ranges::partition_point(
      ends, [&](std::size_t end) { return text_width(cut(end), scale) <= width; });
  return cut(too_long == ends.begin() ? 0 : *std::prev(too_long));
}

}  // namespace gfnet::drawing
