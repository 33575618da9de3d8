#pragma once

#include <gfnet/explain.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "labelling.h"
#include "views.h"

namespace live {

/// A part of a picture, in its pixels.
struct Tile {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// The picture is the heat over the part that the network was shown.
struct HeatView {
  std::string label;
  /// The map's values at the ends of the colours.
  gfnet::Range range;
  /// What the network was shown, as shares of the frame: 0 … 1.
  gfnet::Region seen;
};

struct SpectrumView {
  std::int64_t layer = 0;
  std::int64_t layers = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  Tile before;
  Tile after;
  gfnet::Range magnitudes;
};

struct FilterView {
  struct Channel {
    std::int64_t index = 0;
    Tile frequency;
    Tile spatial;
  };
  struct Layer {
    std::int64_t layer = 0;
    std::string name;
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::int64_t channels = 0;
    std::vector<Channel> shown;
  };
  std::vector<Layer> layers;
};

/// What a view shows, ready to be drawn.
struct ViewPicture {
  ViewWish wish;
  /// What it was made of.
  std::shared_ptr<const LabelledFrame> labelled;
  std::variant<HeatView, SpectrumView, FilterView> content;
  /// [height, width] words R | G << 8 | B << 16 | 255 << 24.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint32_t> pixels;
};

/// Whether a result says what the view needs.
bool can_show(const ViewWish& wish, const LabelledFrame& labelled);

/// Whether a view of one picture may lie over another: a video's has moved little since, but stills
/// have nothing to do with each other. The picture must be of the size that was labelled.
bool may_cover(const ViewPicture& view, const CapturedFrame& picture);

/// Of a result that can_show(). Throws gfnet::Error if the filters are too large for one picture.
ViewPicture make_view_picture(const ViewWish& wish,
                              const std::shared_ptr<const LabelledFrame>& labelled);

}  // namespace live
