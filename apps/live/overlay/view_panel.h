#pragma once

#include "overlay/layout.h"
#include "views/view_image.h"

namespace live {

/// Draws the panel that explains a heat map: the label of the class and the colour scale.
void draw_heat_legend(const Rectangle& place, const HeatView& heat);

/// Draws a layer's spectrum as two tiles: before and after the filter of that layer. Adds the
/// positions of the two tiles to `places`.
void draw_spectrum(const Rectangle& place, const ViewImage& image, const SpectrumView& spectrum,
                   Places& places);

/// Draws the learned filters as tiles, each filter in the frequency and in the spatial domain. Adds
/// the positions of the tiles to `places`.
void draw_filters(const Rectangle& place, const ViewImage& image, const FilterView& filters,
                  Places& places);

/// Draws a text in place of a view that is still being made or cannot be made.
void draw_view_notice(const Rectangle& place, const std::string& text);

}  // namespace live
