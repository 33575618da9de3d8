#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "overlay/panel.h"
#include "overlay/view_panel.h"

namespace live {
namespace {

/// Sizes in text heights. kTile: if there is no room for all channels with tiles of this size,
/// fewer channels of each layer are shown.
constexpr float kTitle = 1.6F;
constexpr float kHeading = 1.4F;
constexpr float kName = 7.5F;
constexpr float kNumber = 0.75F;
constexpr float kGap = 0.25F;
constexpr float kTile = 2.8F;
/// Greatest value of Arrangement::strips.
constexpr int kMostStrips = 3;

/// Two grids of square tiles, with one tile per channel. One grid shows the filters in the
/// frequency domain, the other in the spatial domain, with the channels in the same order.
/// frequency, spatial: top left corners of the grids. tile: side of a tile. pitch_y: distance
/// between the tops of two rows. All lengths are in pixels.
struct Grid {
  ImVec2 frequency;
  ImVec2 spatial;
  float tile = 0;
  float pitch_y = 0;
  int columns = 1;
};

Rectangle tile_place(const Grid& grid, const ImVec2& corner, std::size_t i, const Tile& tile) {
  const auto column = static_cast<float>(static_cast<int>(i) % grid.columns);
  const auto row = static_cast<float>(static_cast<int>(i) / grid.columns);
  return fit_into({corner.x + column * (grid.tile + em(kGap)), corner.y + row * grid.pitch_y,
                   grid.tile, grid.tile},
                  tile.width, tile.height);
}

void draw_channels(ImDrawList& list, const ViewImage& image, const FilterView::Layer& layer,
                   const Grid& grid, bool numbered, Places& places) {
  for (std::size_t i = 0; i < layer.shown.size(); ++i) {
    const FilterView::Channel& channel = layer.shown[i];
    const Rectangle frequency = tile_place(grid, grid.frequency, i, channel.frequency);
    const Rectangle spatial = tile_place(grid, grid.spatial, i, channel.spatial);
    draw_tile(list, image, channel.frequency, frequency);
    draw_tile(list, image, channel.spatial, spatial);
    places.push_back({"frequency", layer.layer, channel.index, frequency});
    places.push_back({"spatial", layer.layer, channel.index, spatial});
    if (!numbered) continue;
    const std::string number = std::to_string(channel.index);
    for (const Rectangle& tile : {frequency, spatial}) {
      text_centred(tile.x + 0.5F * tile.width, tile.bottom(), em(kNumber), kFaint, number,
                   grid.tile);
    }
  }
}

void draw_heading(float x, float y, float width, const char* name, const char* note) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const std::string whole = fmt::format("{}: {}", name, note);
  const float size = em(0.9F);
  const bool fits = 0.9F * ImGui::CalcTextSize(whole.c_str()).x <= width;
  list.AddText(ImGui::GetFont(), size, {x, y}, kText,
               fit_text(fits ? whole : name, width / 0.9F).c_str());
}

/// Draws a heading above each grid.
void draw_headings(const Grid& grid, float width) {
  draw_heading(grid.frequency.x, grid.frequency.y - em(kHeading), width, "frequency", "log |K|");
  draw_heading(grid.spatial.x, grid.spatial.y - em(kHeading), width, "spatial",
               "the kernel, red +, blue −");
}

void draw_layer_name(ImDrawList& list, float x, float y, float width, float height,
                     const FilterView::Layer& layer) {
  const float line = em(1.15F);
  const bool has_two = height >= 2 * line;
  const float size = std::clamp(height, 0.5F * em(1), em(0.9F));
  const float share = size / em(1);
  const std::string grid = fmt::format("{}×{}", layer.height, layer.width);
  const std::string first = fmt::format("{}  {}", layer.layer, has_two ? layer.name : grid);
  list.AddText(ImGui::GetFont(), size, {x, y}, kText, fit_text(first, width / share).c_str());
  if (!has_two) return;
  const std::string second = fmt::format("{}, {} channels", grid, layer.channels);
  list.AddText(ImGui::GetFont(), 0.85F * size, {x, y + line}, kFaint,
               fit_text(second, width / (0.85F * share)).c_str());
}

/// How the filters of all layers are arranged. Each layer is one row of tiles. The rows fill
/// `strips` columns, which lie side by side. tile: side of a tile in pixels.
struct Arrangement {
  int strips = 1;
  /// Channels per layer.
  int shown = 1;
  float tile = 0;
};

/// Chooses the arrangement with the largest tiles. most_shown: greatest number of channels to show
/// per layer. Fewer channels are shown only if the tiles would be smaller than kTile otherwise.
Arrangement arrange_layers(const Rectangle& area, int layers, int most_shown) {
  Arrangement best;
  for (const int quarters : {4, 3, 2}) {
    const int shown = std::max(1, most_shown * quarters / 4);
    for (int strips = 1; strips <= kMostStrips; ++strips) {
      const float strip =
          (area.width - em(1) * static_cast<float>(strips - 1)) / static_cast<float>(strips);
      const float wide = (strip - em(kName) - em(1)) / static_cast<float>(2 * shown) - em(kGap);
      const int rows = (layers + strips - 1) / strips;
      const float high = (area.height - em(kHeading)) / static_cast<float>(rows) - em(kGap);
      const float tile = std::min(wide, high);
      if (tile > 1.1F * best.tile) best = {strips, shown, tile};
    }
    if (best.tile >= em(kTile)) break;
  }
  return best;
}

/// A copy of `layer` that shows at most `shown` channels. They are selected from layer.shown at
/// equal distances.
FilterView::Layer thinned(const FilterView::Layer& layer, std::size_t shown) {
  FilterView::Layer some = layer;
  some.shown.clear();
  const std::size_t count = std::min(shown, layer.shown.size());
  for (std::size_t i = 0; i < count; ++i) {
    some.shown.push_back(layer.shown[i * layer.shown.size() / count]);
  }
  return some;
}

void draw_all(ImDrawList& list, const Rectangle& area, const ViewImage& image,
              const FilterView& filters, Places& places) {
  const auto count = static_cast<int>(filters.layers.size());
  std::size_t most_shown = 1;
  for (const FilterView::Layer& layer : filters.layers) {
    most_shown = std::max(most_shown, layer.shown.size());
  }
  const Arrangement set = arrange_layers(area, count, static_cast<int>(most_shown));
  if (set.tile < 1) return;
  const int rows = (count + set.strips - 1) / set.strips;
  const float pitch = set.tile + em(kGap);
  const float half = static_cast<float>(set.shown) * pitch;
  const float strip_width = em(kName) + 2 * half + em(1);
  for (int i = 0; i < count; ++i) {
    const float x = area.x + static_cast<float>(i / rows) * (strip_width + em(1));
    const float y = area.y + em(kHeading) + static_cast<float>(i % rows) * pitch;
    const Grid grid{{x + em(kName), y}, {x + em(kName + 1) + half, y}, set.tile, pitch, set.shown};
    if (i % rows == 0) draw_headings(grid, half);
    const FilterView::Layer layer =
        thinned(filters.layers[static_cast<std::size_t>(i)], static_cast<std::size_t>(set.shown));
    draw_layer_name(list, x, y, em(kName - 0.5F), set.tile, layer);
    draw_channels(list, image, layer, grid, false, places);
  }
}

/// Draws the channels of one layer, each with its channel number. The two grids are side by side or
/// one below the other, whichever allows larger tiles. The number of columns is chosen for the
/// largest tiles, too.
void draw_one(ImDrawList& list, const Rectangle& area, const ViewImage& image,
              const FilterView::Layer& layer, Places& places) {
  const auto count = static_cast<int>(layer.shown.size());
  Grid grid{{area.x, area.y + em(kHeading)}, {area.x, area.y + em(kHeading)}, 0, 0, 1};
  bool is_beside = true;
  for (int columns = 1; columns <= count; ++columns) {
    const auto rows = static_cast<float>((count + columns - 1) / columns);
    for (const bool beside : {true, false}) {
      const float width = beside ? 0.5F * (area.width - em(1)) : area.width;
      const float height = beside ? area.height : 0.5F * area.height;
      const float tile = std::min(width / static_cast<float>(columns) - em(kGap),
                                  (height - em(kHeading)) / rows - em(kNumber + kGap));
      if (tile <= grid.tile) continue;
      grid.tile = tile;
      grid.columns = columns;
      is_beside = beside;
    }
  }
  if (grid.tile < 1) return;
  grid.pitch_y = grid.tile + em(kNumber + kGap);
  const float half = static_cast<float>(grid.columns) * (grid.tile + em(kGap));
  const auto rows = static_cast<float>((count + grid.columns - 1) / grid.columns);
  if (is_beside) {
    grid.spatial.x += half + em(1);
  } else {
    grid.spatial.y += rows * grid.pitch_y + em(kHeading);
  }
  draw_headings(grid, half);
  draw_channels(list, image, layer, grid, true, places);
}

}  // namespace

void draw_filters(const Rectangle& place, const ViewImage& image, const FilterView& filters,
                  Places& places) {
  const Panel panel("view", place);
  if (!panel || filters.layers.empty()) return;
  const Rectangle& inside = panel.inside();
  const bool is_one = filters.layers.size() == 1;
  const FilterView::Layer& first = filters.layers.front();
  const std::string hint = is_one ? "↑ ↓  layer" : "↑ ↓  one layer";
  const std::string title =
      is_one ? fmt::format("Learned filters of layer {}: {} of {} channels, {}×{}", first.layer,
                           first.shown.size(), first.channels, first.height, first.width)
             : std::string("Learned filters: some channels of every layer");
  panel.list().AddText(
      {inside.x, inside.y}, kText,
      fit_text(title, inside.width - ImGui::CalcTextSize(hint.c_str()).x - em(1)).c_str());
  text_right(inside.right(), inside.y, kFaint, hint);
  const Rectangle area{inside.x, inside.y + em(kTitle), inside.width, inside.height - em(kTitle)};
  is_one ? draw_one(panel.list(), area, image, first, places)
         : draw_all(panel.list(), area, image, filters, places);
}

}  // namespace live
