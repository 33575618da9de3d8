#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "drawing/canvas.h"

namespace gfnet::drawing {

/// A TrueType font of the system, for letters that stb_easy_font lacks. Its strokes are smooth.
class SystemFont {
 public:
  /// The first of some usual fonts with Latin, Greek and Cyrillic letters that is installed; null
  /// if none is.
  static const SystemFont* find();

  ~SystemFont();
  SystemFont(const SystemFont&) = delete;
  SystemFont& operator=(const SystemFont&) = delete;

  bool has(char32_t letter) const;
  /// Width of a text in pixels. height: of a line of text, in pixels. A letter that the font lacks
  /// counts as "?".
  std::int64_t width(std::u32string_view text, std::int64_t height) const;
  /// Draws a line of text, `height` pixels high. corner: its top left.
  void draw(Image& target, Point corner, std::u32string_view text, std::int64_t height,
            const Rgb& colour) const;

 private:
  struct State;

  explicit SystemFont(std::unique_ptr<State> state);
  int glyph(char32_t letter) const;

  std::unique_ptr<State> state_;
};

}  // namespace gfnet::drawing
