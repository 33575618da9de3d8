#pragma once

#include "overlay/layout.h"
#include "views/view_image.h"

namespace live {

/// Draws the panel that explains a heat map: the name of its class and the colour scale.
void draw_heat_legend(const Rectangle& place, const HeatView& heat);

/// Draws a layer's spectrum before and after its filter. Adds what it draws to `places`.
void draw_spectrum(const Rectangle& place, const ViewImage& image, const SpectrumView& spectrum,
                   Places& places);

/// Draws the learned filters, each in the frequency and in the spatial domain. Adds what it draws
/// to `places`.
void draw_filters(const Rectangle& place, const ViewImage& image, const FilterView& filters,
                  Places& places);

/// Draws a text in place of a view that is still being made or cannot be made.
void draw_view_notice(const Rectangle& place, const std::string& text);

}  // namespace live
