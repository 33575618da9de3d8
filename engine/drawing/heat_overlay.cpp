#include "drawing/heat_overlay.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "drawing/check_arguments.h"
#include "gfnet/error.h"
#include "image/geometry.h"

namespace gfnet {
namespace {

/// Luma of an RGB8 pixel (ITU-R BT.601 weights).
double grey_of(const std::uint8_t* rgb) { return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]; }

/// The four tokens of one axis around a position, with their interpolation weights.
struct Taps {
  std::array<std::size_t, 4> token;
  std::array<double, 4> weight;
};

/// The taps at a place: a position along an axis, in tokens; the centre of token i is at i + 1/2.
/// The weights follow Keys' cubic interpolation. Beyond the edges, the edge token is repeated.
Taps taps_at(double place, std::int64_t tokens) {
  const double centre = place - 0.5;
  const auto first = static_cast<std::int64_t>(std::floor(centre)) - 1;
  Taps taps{};
  for (std::size_t k = 0; k < 4; ++k) {
    const std::int64_t token = first + static_cast<std::int64_t>(k);
    taps.token[k] = static_cast<std::size_t>(std::clamp<std::int64_t>(token, 0, tokens - 1));
    taps.weight[k] = image::bicubic(centre - static_cast<double>(token));
  }
  return taps;
}

double sampled(const ClassMap& map, const Taps& rows, const Taps& columns) {
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const float* row = map.values.data() + rows.token[i] * static_cast<std::size_t>(map.width);
    double across = 0;
    for (std::size_t j = 0; j < 4; ++j) across += columns.weight[j] * row[columns.token[j]];
    sum += rows.weight[i] * across;
  }
  return sum;
}

/// Height and width of the network's input, in tokens of the last stage. Not always whole numbers:
/// a stage drops rows and columns that do not fill a patch.
std::pair<double, double> tokens_across(const ModelDescription& model) {
  double rows = static_cast<double>(model.image_height);
  double columns = static_cast<double>(model.image_width);
  for (const StageDescription& stage : model.stages) {
    rows /= static_cast<double>(stage.patch_height);
    columns /= static_cast<double>(stage.patch_width);
  }
  return {rows, columns};
}

/// The interpolation taps of every pixel along one axis of an image. start, length: the part that
/// the network sees, in pixels. across: number of tokens that this part spans. tokens: number of
/// tokens in the map.
std::vector<Taps> axis_taps(std::uint32_t pixels, double start, double length, double across,
                            std::int64_t tokens) {
  std::vector<Taps> taps;
  taps.reserve(pixels);
  for (std::uint32_t i = 0; i < pixels; ++i) {
    taps.push_back(taps_at((i + 0.5 - start) / length * across, tokens));
  }
  return taps;
}

/// A class map, interpolated to the pixels of an image. The network sees only `region` of the
/// image.
class HeatField {
 public:
  HeatField(const ModelDescription& model, const ClassMap& map, const Region& region,
            std::uint32_t width, std::uint32_t height, const std::optional<Range>& range)
      : map_(map), range_(range.value_or(range_of(map.values))) {
    const auto [rows, columns] = tokens_across(model);
    rows_ = axis_taps(height, region.top, region.height, rows, map.height);
    columns_ = axis_taps(width, region.left, region.width, columns, map.width);
  }

  Rgb colour(std::size_t x, std::size_t y) const {
    return heat_colour(range_.position(static_cast<float>(sampled(map_, rows_[y], columns_[x]))));
  }

 private:
  const ClassMap& map_;
  Range range_;
  std::vector<Taps> rows_;
  std::vector<Taps> columns_;
};

bool holds(const Region& region, double x, double y) {
  return x >= region.left && x < region.left + region.width && y >= region.top &&
         y < region.top + region.height;
}

/// A copy of the image, after edit(pixel, x, y) was called for each of its pixels.
template <typename Edit>
Image edited(const Image& image, Edit edit) {
  Image result = image;
  std::uint8_t* pixel = result.rgb.data();
  for (std::uint32_t y = 0; y < image.height; ++y) {
    for (std::uint32_t x = 0; x < image.width; ++x, pixel += 3) edit(pixel, x, y);
  }
  return result;
}

void dim(std::uint8_t* pixel) {
  for (int c = 0; c < 3; ++c) {
    pixel[c] = static_cast<std::uint8_t>(std::lround(kUnseenBrightness * pixel[c]));
  }
}

}  // namespace

Region seen_region(const ModelDescription& model, std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0) throw ArgumentError("an image without pixels");
  const image::ResizeGeometry geometry =
      image::resize_geometry({height, width},
                             {static_cast<std::uint32_t>(model.image_height),
                              static_cast<std::uint32_t>(model.image_width)},
                             model.crop_ratio);
  const auto start = [](const image::AxisGeometry& axis) {
    return static_cast<double>(axis.offset) * axis.scale();
  };
  const auto length = [](const image::AxisGeometry& axis) { return axis.cropped * axis.scale(); };
  return {start(geometry.horizontal), start(geometry.vertical), length(geometry.horizontal),
          length(geometry.vertical)};
}

Image drawing::spotlit(const Image& image, const Region& region) {
  return edited(image, [&](std::uint8_t* pixel, std::uint32_t x, std::uint32_t y) {
    if (!holds(region, x + 0.5, y + 0.5)) dim(pixel);
  });
}

Image heat_overlay(const Image& image, const ModelDescription& model, const ClassMap& map,
                   const std::optional<Range>& range) {
  drawing::check(image);
  drawing::check(map);
  const Region region = seen_region(model, image.width, image.height);
  const HeatField heat(model, map, region, image.width, image.height, range);
  return edited(image, [&](std::uint8_t* pixel, std::uint32_t x, std::uint32_t y) {
    if (!holds(region, x + 0.5, y + 0.5)) return dim(pixel);
    const Rgb colour = heat.colour(x, y);
    // Brightness comes from the image, colour from the heat.
    const double grey = grey_of(pixel);
    for (std::size_t c = 0; c < 3; ++c) {
      pixel[c] = static_cast<std::uint8_t>(
          std::lround((1 - kHeatOpacity) * grey + kHeatOpacity * colour[c]));
    }
  });
}

Image heat_layer(const ModelDescription& model, const ClassMap& map, std::uint32_t width,
                 std::uint32_t height, const std::optional<Range>& range) {
  drawing::check(map);
  const Region whole{0, 0, static_cast<double>(width), static_cast<double>(height)};
  const HeatField heat(model, map, whole, width, height, range);
  Image layer{width, height, {}};
  layer.rgb.reserve(std::size_t{3} * width * height);
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      const Rgb colour = heat.colour(x, y);
      layer.rgb.insert(layer.rgb.end(), colour.begin(), colour.end());
    }
  }
  return layer;
}

}  // namespace gfnet
