#include "drawing/system_font.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wcast-align"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wuseless-cast"
#pragma GCC diagnostic ignored "-Wdouble-promotion"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#define STB_TRUETYPE_IMPLEMENTATION
#define STBTT_STATIC
#include <stb_truetype.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace gfnet::drawing {
namespace {

/// Usual paths of fonts. stb_truetype trusts a font, so these are files that only an administrator
/// can replace.
constexpr std::array kFonts{
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/System/Library/Fonts/Supplemental/Arial.ttf",
    "C:/Windows/Fonts/arial.ttf",
};

std::uint8_t mixed(std::uint8_t below, std::uint8_t above, int share) {
  return static_cast<std::uint8_t>((below * (255 - share) + above * share + 127) / 255);
}

}  // namespace

struct SystemFont::State {
  std::vector<unsigned char> bytes;
  stbtt_fontinfo info = {};
  int ascent = 0;  // in the font's units
};

SystemFont::SystemFont(std::unique_ptr<State> state) : state_(std::move(state)) {}

SystemFont::~SystemFont() = default;

const SystemFont* SystemFont::find() {
  static const std::unique_ptr<const SystemFont> found = []() -> std::unique_ptr<SystemFont> {
    for (const char* const path : kFonts) {
      std::ifstream file(path, std::ios::binary);
      auto state = std::make_unique<State>();
      state->bytes.assign(std::istreambuf_iterator<char>(file), {});
      if (state->bytes.empty()) continue;
      const unsigned char* const bytes = state->bytes.data();
      const int offset = stbtt_GetFontOffsetForIndex(bytes, 0);
      if (offset < 0 || stbtt_InitFont(&state->info, bytes, offset) == 0) continue;
      int descent = 0;
      int gap = 0;
      stbtt_GetFontVMetrics(&state->info, &state->ascent, &descent, &gap);
      return std::unique_ptr<SystemFont>(new SystemFont(std::move(state)));
    }
    return nullptr;
  }();
  return found.get();
}

bool SystemFont::has(char32_t letter) const {
  return stbtt_FindGlyphIndex(&state_->info, static_cast<int>(letter)) != 0;
}

int SystemFont::glyph(char32_t letter) const {
  const int index = stbtt_FindGlyphIndex(&state_->info, static_cast<int>(letter));
  return index != 0 ? index : stbtt_FindGlyphIndex(&state_->info, '?');
}

std::int64_t SystemFont::width(std::u32string_view text, std::int64_t height) const {
  const float scale = stbtt_ScaleForPixelHeight(&state_->info, static_cast<float>(height));
  float width = 0;
  for (const char32_t letter : text) {
    int advance = 0;
    int bearing = 0;
    stbtt_GetGlyphHMetrics(&state_->info, glyph(letter), &advance, &bearing);
    width += scale * static_cast<float>(advance);
  }
  return static_cast<std::int64_t>(std::ceil(width));
}

void SystemFont::draw(Image& target, Point corner, std::u32string_view text, std::int64_t height,
                      const Rgb& colour) const {
  const float scale = stbtt_ScaleForPixelHeight(&state_->info, static_cast<float>(height));
  // Rounded up, the lowest pixels of some letters would be below the line.
  const auto baseline =
      static_cast<std::int64_t>(std::floor(scale * static_cast<float>(state_->ascent)));
  float pen = 0;
  std::vector<unsigned char> cover;
  for (const char32_t letter : text) {
    const int index = glyph(letter);
    const auto shift = std::floor(pen);
    int left = 0, top = 0, right = 0, bottom = 0;
    stbtt_GetGlyphBitmapBoxSubpixel(&state_->info, index, scale, scale, pen - shift, 0, &left, &top,
                                    &right, &bottom);
    const int wide = right - left;
    const int high = bottom - top;
    cover.assign(
        static_cast<std::size_t>(std::max(wide, 0)) * static_cast<std::size_t>(std::max(high, 0)),
        0);
    if (!cover.empty()) {
      stbtt_MakeGlyphBitmapSubpixel(&state_->info, cover.data(), wide, high, wide, scale, scale,
                                    pen - shift, 0, index);
    }
    for (std::size_t i = 0; i < cover.size(); ++i) {
      const std::int64_t x =
          corner.x + static_cast<std::int64_t>(shift) + left + static_cast<std::int64_t>(i) % wide;
      const std::int64_t y = corner.y + baseline + top + static_cast<std::int64_t>(i) / wide;
      if (x < 0 || y < 0 || x >= target.width || y >= target.height) continue;
      auto* const pixel =
          &target
               .rgb[(static_cast<std::size_t>(y) * target.width + static_cast<std::size_t>(x)) * 3];
      for (std::size_t c = 0; c < 3; ++c) pixel[c] = mixed(pixel[c], colour[c], cover[i]);
    }
    int advance = 0;
    int bearing = 0;
    stbtt_GetGlyphHMetrics(&state_->info, index, &advance, &bearing);
    pen += scale * static_cast<float>(advance);
  }
}

}  // namespace gfnet::drawing
