#include "views/view_image.h"

#include <gfnet/error.h>

#include <algorithm>
#include <cmath>

namespace live {
namespace {

/// Longest side of an image, in pixels, that every Vulkan device supports.
constexpr std::uint32_t kMostSide = 4096;
/// Resolution of the heat map's longer side. The window interpolates between the heat map's pixels
/// linearly; this many pixels per token look smooth. The side has at most kMostHeatPixels pixels,
/// but at least kLeastHeatPixelsPerToken per token.
constexpr std::int64_t kHeatPixelsPerToken = 32;
constexpr std::int64_t kMostHeatPixels = 256;
constexpr std::int64_t kLeastHeatPixelsPerToken = 4;
constexpr std::uint32_t kSpectrumPixels = 256;
constexpr std::uint32_t kFilterPixels = 64;
/// Channels shown per layer if all layers are shown.
constexpr std::int64_t kChannelsOfEach = 8;
/// Channels shown of a layer that is shown alone.
constexpr std::int64_t kChannelsOfOne = 32;
/// Tiles begin at multiples of this many pixels, so that the first three mip levels do not mix
/// neighbouring tiles.
constexpr std::uint32_t kAlignment = 8;

std::uint32_t word_at(const gfnet::Image& image, std::uint32_t x, std::uint32_t y) {
  const std::uint8_t* rgb = image.rgb.data() + (std::size_t{y} * image.width + x) * 3;
  return rgb[0] | std::uint32_t{rgb[1]} << 8 | std::uint32_t{rgb[2]} << 16 | 0xFF000000U;
}

/// Places small images in the cells of one large image. Each pixel of a small image becomes a
/// square of pixels.
class TileSheet {
 public:
  /// cell_width, cell_height: size of a cell in pixels. The constructor rounds both up to multiples
  /// of kAlignment. Throws gfnet::Error if a side of the large image would exceed kMostSide.
  TileSheet(ViewImage& image, std::uint32_t columns, std::uint32_t rows, std::uint32_t cell_width,
            std::uint32_t cell_height)
      : image_(image), cell_width_(aligned(cell_width)), cell_height_(aligned(cell_height)) {
    const std::uint64_t width = std::uint64_t{columns} * cell_width_;
    const std::uint64_t height = std::uint64_t{rows} * cell_height_;
    if (width > kMostSide || height > kMostSide) {
      throw gfnet::Error("the token grid is too large to show");
    }
    image.width = static_cast<std::uint32_t>(width);
    image.height = static_cast<std::uint32_t>(height);
    image.pixels.resize(width * height, 0xFF000000U);
  }

  /// Draws the small image `plane` into a cell, and returns which part of the large image `plane`
  /// takes. If the cell is larger than that part, the last row and column of `plane` are repeated
  /// up to the cell's edges.
  Tile place(const gfnet::Image& plane, std::uint32_t column, std::uint32_t row) {
    const std::uint32_t factor =
        std::max(1U, std::min(cell_width_ / plane.width, cell_height_ / plane.height));
    const Tile tile{column * cell_width_, row * cell_height_, factor * plane.width,
                    factor * plane.height};
    for (std::uint32_t y = 0; y < cell_height_; ++y) {
      std::uint32_t* const line =
          image_.pixels.data() + std::size_t{tile.y + y} * image_.width + tile.x;
      const std::uint32_t from = std::min(y / factor, plane.height - 1);
      for (std::uint32_t x = 0; x < cell_width_; ++x) {
        line[x] = word_at(plane, std::min(x / factor, plane.width - 1), from);
      }
    }
    return tile;
  }

 private:
  static std::uint32_t aligned(std::uint32_t pixels) {
    return (pixels + kAlignment - 1) / kAlignment * kAlignment;
  }

  ViewImage& image_;
  std::uint32_t cell_width_;
  std::uint32_t cell_height_;
};

/// Side in pixels of a TileSheet's cell for images with a side of `values` pixels: the largest
/// multiple of `values` up to `wanted`, but at least `values`.
std::uint32_t cell_side(std::int64_t values, std::uint32_t wanted) {
  const auto side = static_cast<std::uint32_t>(values);
  return std::max(1U, wanted / side) * side;
}

HeatView heat_view(ViewImage& image, const LabelledFrame& labelled) {
  const gfnet::ModelDescription& model = labelled.model->description();
  const gfnet::ClassMap& map = labelled.result.class_maps.front();
  HeatView view{labelled.result.top.front().short_label, gfnet::range_of(map.values),
                gfnet::seen_region(model, labelled.frame.width, labelled.frame.height)};
  view.seen.left /= labelled.frame.width;
  view.seen.width /= labelled.frame.width;
  view.seen.top /= labelled.frame.height;
  view.seen.height /= labelled.frame.height;
  const std::int64_t tokens = std::max(map.height, map.width);
  const std::int64_t longer = std::max(std::min(kHeatPixelsPerToken * tokens, kMostHeatPixels),
                                       kLeastHeatPixelsPerToken * tokens);
  const auto side = [&](std::int64_t pixels) {
    const double share = static_cast<double>(pixels) /
                         static_cast<double>(std::max(model.image_height, model.image_width));
    return static_cast<std::uint32_t>(
        std::max<std::int64_t>(1, std::llround(share * static_cast<double>(longer))));
  };
  const gfnet::Image layer =
      gfnet::heat_layer(model, map, side(model.image_width), side(model.image_height), view.range);
  image.width = layer.width;
  image.height = layer.height;
  image.pixels.reserve(layer.rgb.size() / 3);
  for (std::uint32_t y = 0; y < layer.height; ++y) {
    for (std::uint32_t x = 0; x < layer.width; ++x) image.pixels.push_back(word_at(layer, x, y));
  }
  return view;
}

SpectrumView spectrum_view(ViewImage& image, const LabelledFrame& labelled) {
  const gfnet::LayerSpectrum& spectrum = *labelled.result.spectrum;
  const gfnet::SpectrumImages planes = gfnet::spectrum_images(spectrum);
  SpectrumView view;
  view.layer = spectrum.layer;
  view.layers = gfnet::layer_count(labelled.model->description());
  view.height = spectrum.height;
  view.width = spectrum.width;
  view.magnitudes = planes.magnitudes;
  TileSheet sheet(image, 2, 1, cell_side(spectrum.width, kSpectrumPixels),
                  cell_side(spectrum.height, kSpectrumPixels));
  view.before = sheet.place(planes.before, 0, 0);
  view.after = sheet.place(planes.after, 1, 0);
  return view;
}

FilterView filter_view(ViewImage& image, const gfnet::Model& model,
                       const std::optional<std::int64_t>& layer) {
  const std::int64_t count = gfnet::layer_count(model.description());
  std::vector<gfnet::LayerFilter> filters;
  if (layer) {
    filters.push_back(gfnet::layer_filter(model, std::min(*layer, count - 1)));
  } else {
    for (std::int64_t i = 0; i < count; ++i) filters.push_back(gfnet::layer_filter(model, i));
  }
  const std::int64_t shown = layer ? kChannelsOfOne : kChannelsOfEach;
  const auto columns = static_cast<std::uint32_t>(kChannelsOfEach);
  const auto rows =
      static_cast<std::uint32_t>(static_cast<std::int64_t>(filters.size()) * shown / columns);
  const std::uint32_t wanted =
      std::clamp(kMostSide / rows / kAlignment * kAlignment, 1U, kFilterPixels);
  std::uint32_t cell_width = 1;
  std::uint32_t cell_height = 1;
  for (const gfnet::LayerFilter& filter : filters) {
    const std::int64_t longer = std::max(filter.height, filter.width);
    const std::uint32_t factor = cell_side(longer, wanted) / static_cast<std::uint32_t>(longer);
    cell_width = std::max(cell_width, factor * static_cast<std::uint32_t>(filter.width));
    cell_height = std::max(cell_height, factor * static_cast<std::uint32_t>(filter.height));
  }
  TileSheet sheet(image, 2 * columns, rows, cell_width, cell_height);
  FilterView view;
  std::uint32_t next = 0;
  for (const gfnet::LayerFilter& filter : filters) {
    FilterView::Layer entry{filter.layer, filter.name,     filter.height,
                            filter.width, filter.channels, {}};
    for (const std::int64_t channel : gfnet::sheet_channels(filter.channels, shown)) {
      const std::uint32_t column = next % columns;
      const std::uint32_t row = next / columns;
      entry.shown.push_back(
          {channel, sheet.place(gfnet::filter_frequency_image(filter, channel), column, row),
           sheet.place(gfnet::filter_spatial_image(filter, channel), columns + column, row)});
      ++next;
    }
    view.layers.push_back(std::move(entry));
  }
  return view;
}

}  // namespace

bool can_show(const ViewWish& wish, const LabelledFrame& labelled) {
  if (wish.view != View::kFilters && gfnet::fault_of(labelled.result) != nullptr) return false;
  switch (wish.view) {
    case View::kNone:
      return false;
    case View::kHeat:
      return !labelled.result.class_maps.empty();
    case View::kSpectrum: {
      const std::int64_t last = gfnet::layer_count(labelled.model->description()) - 1;
      return labelled.result.spectrum &&
             labelled.result.spectrum->layer == std::min(wish.layer.value_or(0), last);
    }
    case View::kFilters:
      return true;
  }
  return false;
}

bool may_cover(const ViewImage& view, const CapturedFrame& frame) {
  const LabelledFrame& seen = *view.labelled;
  if (frame.is_still && seen.frame.index != frame.index) return false;
  return seen.frame.width == frame.width && seen.frame.height == frame.height;
}

ViewImage make_view_image(const ViewWish& wish,
                          const std::shared_ptr<const LabelledFrame>& labelled) {
  ViewImage image;
  image.wish = wish;
  image.labelled = labelled;
  switch (wish.view) {
    case View::kHeat:
      image.content = heat_view(image, *labelled);
      break;
    case View::kSpectrum:
      image.content = spectrum_view(image, *labelled);
      break;
    default:
      image.content = filter_view(image, *labelled->model, wish.layer);
  }
  return image;
}

}  // namespace live
