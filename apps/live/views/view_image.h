#pragma once

#include <gfnet/drawing.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "labelling/labelling.h"
#include "views/views.h"

namespace live {

/// A rectangle within a ViewImage, in its pixels.
struct Tile {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// A heat map. The whole image lies over the part of the frame that the network saw.
struct HeatView {
  std::string label;
  /// The map's values at the ends of the colour scale, in units of the class's logit.
  gfnet::Range range;
  /// The part that the network saw, in fractions (0 … 1) of the frame's sides.
  gfnet::Region seen;
};

/// Spectrum of a layer's tokens, as mean magnitudes over the channels. The tiles `before` and
/// `after` show it before and after the layer's filter, as height × width values each.
struct SpectrumView {
  std::int64_t layer = 0;
  std::int64_t layers = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  Tile before;
  Tile after;
  gfnet::Range magnitudes;
};

/// The learned filters of one or all layers. Layer::height and Layer::width are the size of its
/// token grid.
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

/// The image of a view, ready to be drawn.
struct ViewImage {
  ViewWish wish;
  /// The result that it shows.
  std::shared_ptr<const LabelledFrame> labelled;
  std::variant<HeatView, SpectrumView, FilterView> content;
  /// [height, width] words R | G << 8 | B << 16 | 255 << 24.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint32_t> pixels;
};

/// Whether a result contains what the view shows, such as the class map for the heat map.
bool can_show(const ViewWish& wish, const LabelledFrame& labelled);

/// Whether a view may be drawn over `frame`. A view of an earlier frame may cover a
/// later frame of a video, but not another still image. Both frames must have the same size.
bool may_cover(const ViewImage& view, const CapturedFrame& frame);

/// Makes a view's image. can_show() must be true. Throws gfnet::Error if the spectrum or the
/// filters need an image with a side over 4096 pixels.
ViewImage make_view_image(const ViewWish& wish,
                          const std::shared_ptr<const LabelledFrame>& labelled);

}  // namespace live
