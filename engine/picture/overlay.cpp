#include "picture/overlay.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gfnet/error.h"
#include "image/geometry.h"

namespace gfnet {
namespace {

/// How much of a pixel is left outside what the network was shown.
constexpr double kDimmed = 0.35;

/// Brightness as a display weighs the colours (ITU-R BT.601).
double grey_of(const std::uint8_t* rgb) { return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]; }

/// The map at a place in tokens, token (i, j) having its centre at (i + 1/2, j + 1/2): Keys' cubic
/// through the tokens' values, edges repeated.
double sampled(const ClassMap& map, double y, double x) {
  const double row = y - 0.5;
  const double column = x - 0.5;
  const auto first_row = static_cast<std::int64_t>(std::floor(row)) - 1;
  const auto first_column = static_cast<std::int64_t>(std::floor(column)) - 1;
  double sum = 0;
  for (std::int64_t i = first_row; i < first_row + 4; ++i) {
    double across = 0;
    const std::int64_t inside_i = std::clamp<std::int64_t>(i, 0, map.height - 1);
    for (std::int64_t j = first_column; j < first_column + 4; ++j) {
      const std::int64_t inside_j = std::clamp<std::int64_t>(j, 0, map.width - 1);
      across += image::bicubic(column - static_cast<double>(j)) *
                map.values[static_cast<std::size_t>(inside_i * map.width + inside_j)];
    }
    sum += image::bicubic(row - static_cast<double>(i)) * across;
  }
  return sum;
}

/// Rows and columns of tokens that the network's image is high and wide. Where a grid is odd, the
/// next stage leaves its last row out: then more than there are.
std::pair<double, double> tokens_across(const ModelDescription& model) {
  double rows = static_cast<double>(model.image_height);
  double columns = static_cast<double>(model.image_width);
  for (const StageDescription& stage : model.stages) {
    rows /= static_cast<double>(stage.patch_height);
    columns /= static_cast<double>(stage.patch_width);
  }
  return {rows, columns};
}

bool holds(const Region& region, double x, double y) {
  return x >= region.left && x < region.left + region.width && y >= region.top &&
         y < region.top + region.height;
}

/// Calls edit(pixel, centre x, centre y) for every pixel of a copy.
template <typename Edit>
Image edited(const Image& picture, Edit edit) {
  Image result = picture;
  std::uint8_t* pixel = result.rgb.data();
  for (std::uint32_t y = 0; y < picture.height; ++y) {
    for (std::uint32_t x = 0; x < picture.width; ++x, pixel += 3) edit(pixel, x + 0.5, y + 0.5);
  }
  return result;
}

void dim(std::uint8_t* pixel) {
  for (int c = 0; c < 3; ++c) {
    pixel[c] = static_cast<std::uint8_t>(std::lround(kDimmed * pixel[c]));
  }
}

}  // namespace

Region seen_region(const ModelDescription& model, std::uint32_t width, std::uint32_t height) {
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

Image picture::spotlit(const Image& picture, const Region& region) {
  return edited(picture, [&](std::uint8_t* pixel, double x, double y) {
    if (!holds(region, x, y)) dim(pixel);
  });
}

Image heat_overlay(const Image& picture, const ModelDescription& model, const ClassMap& map,
                   const std::optional<Range>& range) {
  const bool is_map = map.height > 0 && map.width > 0 &&
                      static_cast<std::int64_t>(map.values.size()) == map.height * map.width;
  if (!is_map) throw Error("a class map of " + std::to_string(map.values.size()) + " values");
  const Region region = seen_region(model, picture.width, picture.height);
  const Range scale = range.value_or(range_of(map.values));
  const auto [rows, columns] = tokens_across(model);
  return edited(picture, [&](std::uint8_t* pixel, double x, double y) {
    if (!holds(region, x, y)) return dim(pixel);
    const double value = sampled(map, (y - region.top) / region.height * rows,
                                 (x - region.left) / region.width * columns);
    const double heat = std::clamp(scale.position(static_cast<float>(value)), 0.0, 1.0);
    const Rgb colour = heat_colour(heat);
    // The picture's brightness carries the shapes, the colour the heat.
    const double grey = grey_of(pixel);
    for (std::size_t c = 0; c < 3; ++c) {
      pixel[c] = static_cast<std::uint8_t>(std::lround(0.4 * grey + 0.6 * colour[c]));
    }
  });
}

}  // namespace gfnet
