#include "overlay/view_panel.h"

#include <fmt/format.h>

#include <algorithm>

#include "overlay/panel.h"

namespace live {
namespace {

constexpr const char* kPanelName = "view";

/// Draws a tile of the image as large as `area` allows, with the text `title` above the tile. Adds
/// the position of the tile to `places`, under the name `name`.
void draw_plane(ImDrawList& list, const ViewImage& image, const Tile& tile, const Rectangle& area,
                const char* name, const char* title, Places& places) {
  const float title_height = em(1.4F);
  const Rectangle below{area.x, area.y + title_height, area.width,
                        std::max(area.height - title_height, 1.0F)};
  const Rectangle plane = fit_into(below, tile.width, tile.height);
  text_centred(area.x + 0.5F * area.width, plane.y - title_height, em(1), kText, title, area.width);
  draw_tile(list, image, tile, plane);
  places.push_back({name, -1, -1, plane});
}

}  // namespace

void draw_heat_legend(const Rectangle& place, const HeatView& heat) {
  const Panel panel(kPanelName, place);
  if (!panel) return;
  const Rectangle& inside = panel.inside();
  panel.list().AddText({inside.x, inside.y}, kText,
                       fit_text("where it sees " + heat.label, inside.width).c_str());
  panel.list().AddText(ImGui::GetFont(), em(0.85F), {inside.x, inside.y + em(1.3F)}, kFaint,
                       "in units of the class's logit");
  draw_colour_scale(panel.list(), {inside.x, inside.y + em(2.5F), inside.width, em(2)},
                    fmt::format("{:+.3g}", heat.range.least),
                    fmt::format("{:+.3g}", heat.range.most));
}

void draw_spectrum(const Rectangle& place, const ViewImage& image, const SpectrumView& spectrum,
                   Places& places) {
  const Panel panel(kPanelName, place);
  if (!panel) return;
  const Rectangle& inside = panel.inside();
  ImDrawList& list = panel.list();
  const std::string hint = "↑ ↓  layer";
  const float hint_width = ImGui::CalcTextSize(hint.c_str()).x;
  list.AddText({inside.x, inside.y}, kText,
               fit_text(fmt::format("Spectrum at layer {} (0 to {}): {}×{}", spectrum.layer,
                                    spectrum.layers - 1, spectrum.height, spectrum.width),
                        inside.width - hint_width - em(1))
                   .c_str());
  text_right(inside.right(), inside.y, kFaint, hint);
  list.AddText(ImGui::GetFont(), em(0.85F), {inside.x, inside.y + em(1.4F)}, kFaint,
               fit_text("Magnitude, the mean over the channels; zero frequency in the middle",
                        inside.width / 0.85F)
                   .c_str());
  const float top = inside.y + em(3.2F);
  const float scale_height = em(2);
  const Rectangle planes{inside.x, top, inside.width,
                         std::max(inside.bottom() - scale_height - em(0.8F) - top, 1.0F)};
  Rectangle before = planes;
  Rectangle after = planes;
  if (planes.width > planes.height) {
    before.width = after.width = 0.5F * (planes.width - em(1));
    after.x = before.right() + em(1);
  } else {
    before.height = after.height = 0.5F * (planes.height - em(0.8F));
    after.y = before.bottom() + em(0.8F);
  }
  draw_plane(list, image, spectrum.before, before, "before", "before its filter", places);
  draw_plane(list, image, spectrum.after, after, "after", "after its filter", places);
  draw_colour_scale(list, {inside.x, inside.bottom() - scale_height, inside.width, scale_height},
                    fmt::format("{:.3g}", spectrum.magnitudes.least),
                    fmt::format("{:.3g}, logarithmic", spectrum.magnitudes.most));
}

void draw_view_notice(const Rectangle& place, const std::string& text) {
  const Panel panel(kPanelName, place);
  if (!panel) return;
  const Rectangle& inside = panel.inside();
  text_centred(inside.x + 0.5F * inside.width, inside.y + 0.5F * inside.height - em(0.5F), em(1),
               kText, text, inside.width);
}

}  // namespace live
