#pragma once

#include <gfnet/drawing.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "labelling/labelling.h"
#include "views/views.h"

namespace live {

/// A rectangle within a ViewImage, in pixels of that image.
struct Tile {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// A heat map. The whole ViewImage lies over the part of the frame that the network saw.
struct HeatView {
  std::string label;
  /// Values of the class map at the two ends of the colour scale, in units of the class's logit.
  gfnet::Range range;
  /// The part that the network saw, in fractions (0 … 1) of the frame's sides.
  gfnet::Region seen;
};

/// Spectrum of the tokens in one layer, as mean magnitudes over the channels. The tiles `before`
/// and `after` show the spectrum before and after the layer's filter, with height × width values
/// each.
struct SpectrumView {
  std::int64_t layer = 0;
  std::int64_t layers = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  Tile before;
  Tile after;
  gfnet::Range magnitudes;
};

/// The learned filters of one or all layers, as tiles in the frequency and in the spatial domain.
/// Layer::height and Layer::width: size of the layer's token grid. Layer::shown: the channels that
/// have tiles.
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
  /// The result from which the image was made.
  std::shared_ptr<const LabelledFrame> labelled;
  std::variant<HeatView, SpectrumView, FilterView> content;
  /// pixels: [height, width] words, each R | G << 8 | B << 16 | 255 << 24.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint32_t> pixels;
};

/// Whether a result contains what the view shows, such as the class map for the heat map.
bool can_show(const ViewWish& wish, const LabelledFrame& labelled);

/// Whether `view` may be drawn over `frame`. The view must have been made from a frame of the same
/// size. If `frame` is a still image, the view must have been made from `frame` itself. If `frame`
/// is a frame of a video, the view may have been made from an earlier frame.
bool may_cover(const ViewImage& view, const CapturedFrame& frame);

/// Makes the image of the view `wish` for the result `labelled`. can_show(wish, *labelled) must be
/// true. Throws gfnet::Error if a spectrum or filters need an image with a side over 4096 pixels.
ViewImage make_view_image(const ViewWish& wish,
                          const std::shared_ptr<const LabelledFrame>& labelled);

}  // namespace live
