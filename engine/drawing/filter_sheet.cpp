#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "drawing/canvas.h"
#include "drawing/check_arguments.h"
#include "drawing/resized.h"
#include "drawing/sheet_style.h"
#include "gfnet/error.h"

namespace gfnet {
namespace {

using drawing::Point;

constexpr std::int64_t kGap = 4;
constexpr std::int64_t kTile = 64;    // a tile's longer side, at least
constexpr std::int64_t kLabel = 150;  // width of the layers' names
constexpr std::int64_t kColumns = 8;  // tiles per row, for each of the two domains

/// Side of the square that one value of the filter is drawn as, in pixels. Small grids are
/// enlarged, so that the tiles of all stages have similar sizes.
std::int64_t factor_of(const LayerFilter& filter) {
  return std::max<std::int64_t>(1, kTile / std::max(filter.height, filter.width));
}

/// Size of a layer's tile in the sheet, in pixels.
struct Cell {
  std::int64_t width = kTile;
  std::int64_t height = kTile;
};

Cell cell_of(const LayerFilter& filter) {
  return {factor_of(filter) * filter.width, factor_of(filter) * filter.height};
}

/// Height of a row of tiles, in pixels, including the channel numbers below the tiles.
std::int64_t row_height(const LayerFilter& filter) {
  return cell_of(filter).height + drawing::line_height(1);
}

std::int64_t layer_height(const LayerFilter& filter, std::int64_t shown) {
  const std::int64_t name = drawing::line_height(2) + 2 * drawing::line_height(1);
  return std::max((shown + kColumns - 1) / kColumns * row_height(filter), name) + kGap;
}

void draw_titles(Image& sheet, std::int64_t frequency_x, std::int64_t spatial_x,
                 std::int64_t width) {
  const auto title = [&](std::int64_t x, const char* name, const char* note) {
    drawing::draw_text(sheet, {x, drawing::kMargin}, drawing::fitting(name, width, 2), 2,
                       drawing::kInk);
    drawing::draw_text(sheet, {x, drawing::kMargin + drawing::line_height(2)},
                       drawing::fitting(note, width, 1), 1, drawing::kFaint);
  };
  title(frequency_x, "frequency domain",
        "log |K|, zero frequency in the middle; dark low, light high");
  title(spatial_x, "spatial domain", "the same filters as kernels; red positive, blue negative");
}

void draw_name(Image& sheet, Point at, const LayerFilter& filter) {
  const std::string size =
      fmt::format("{}x{}, {} channels", filter.height, filter.width, filter.channels);
  drawing::draw_text(sheet, at, fmt::format("layer {}", filter.layer), 2, drawing::kInk);
  at.y += drawing::line_height(2);
  drawing::draw_text(sheet, at, filter.name, 1, drawing::kFaint);
  at.y += drawing::line_height(1);
  drawing::draw_text(sheet, at, size, 1, drawing::kFaint);
}

/// Draws one channel's filter twice, in the frequency domain and in the spatial domain, with the
/// channel number under each image. frequency, spatial: the top left corners.
void draw_channel(Image& sheet, Point frequency, Point spatial, const LayerFilter& filter,
                  std::int64_t channel) {
  const std::int64_t factor = factor_of(filter);
  const std::int64_t number_y = frequency.y + cell_of(filter).height + 1;
  const std::string number = std::to_string(channel);
  drawing::paste(sheet, drawing::enlarged(filter_frequency_image(filter, channel), factor),
                 frequency);
  drawing::draw_text(sheet, {frequency.x, number_y}, number, 1, drawing::kFaint);
  drawing::paste(sheet, drawing::enlarged(filter_spatial_image(filter, channel), factor), spatial);
  drawing::draw_text(sheet, {spatial.x, number_y}, number, 1, drawing::kFaint);
}

/// Where the parts of a sheet lie, in pixels.
struct Layout {
  std::int64_t tile_width = kTile;
  std::int64_t half = 0;  // width of the tiles of one domain
  std::int64_t frequency_x = 0;
  std::int64_t spatial_x = 0;
  std::int64_t head = 0;  // height of the titles
  drawing::Size size;
};

/// The kernels are not used.
Layout layout_of(std::span<const LayerFilter> layers, std::int64_t channels) {
  if (layers.empty()) throw ArgumentError("a filter sheet needs at least one layer");
  Layout layout;
  std::int64_t columns = 0;
  std::int64_t height = 0;
  for (const LayerFilter& filter : layers) {
    const auto count = std::ssize(sheet_channels(filter.channels, channels));
    layout.tile_width = std::max(layout.tile_width, cell_of(filter).width);
    columns = std::max(columns, std::min<std::int64_t>(kColumns, count));
    height += layer_height(filter, count);
  }
  layout.half = columns * (layout.tile_width + kGap);
  layout.frequency_x = drawing::kMargin + kLabel;
  layout.spatial_x = layout.frequency_x + layout.half + 2 * drawing::kMargin;
  layout.head = drawing::kMargin + drawing::line_height(2) + drawing::line_height(1) + kGap;
  layout.size = {layout.spatial_x + layout.half + drawing::kMargin,
                 layout.head + height + drawing::kMargin};
  return layout;
}

}  // namespace

std::vector<std::int64_t> sheet_channels(std::int64_t channels, std::int64_t shown) {
  if (channels < 1) throw ArgumentError(fmt::format("a filter of {} channels", channels));
  const std::int64_t count = std::clamp<std::int64_t>(shown, 1, channels);
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < count; ++i) chosen.push_back(i * channels / count);
  return chosen;
}

ImageSize filter_sheet_size(std::span<const LayerFilter> layers, std::int64_t channels) {
  const Layout layout = layout_of(layers, channels);
  return {layout.size.height, layout.size.width};
}

Image filter_sheet(std::span<const LayerFilter> layers, std::int64_t channels) {
  for (const LayerFilter& filter : layers) drawing::check(filter);
  const auto [tile_width, half, frequency_x, spatial_x, head, size] = layout_of(layers, channels);
  Image sheet = drawing::filled(size, drawing::kPaper);
  draw_titles(sheet, frequency_x, spatial_x, half);
  std::int64_t top = head;
  for (const LayerFilter& filter : layers) {
    draw_name(sheet, {drawing::kMargin, top}, filter);
    const std::vector<std::int64_t> shown = sheet_channels(filter.channels, channels);
    for (std::int64_t i = 0; i < std::ssize(shown); ++i) {
      const std::int64_t x = i % kColumns * (tile_width + kGap);
      const std::int64_t y = top + i / kColumns * row_height(filter);
      draw_channel(sheet, {frequency_x + x, y}, {spatial_x + x, y}, filter,
                   shown[static_cast<std::size_t>(i)]);
    }
    top += layer_height(filter, std::ssize(shown));
  }
  return sheet;
}

}  // namespace gfnet
