#pragma once

#include "layout.h"
#include "view_picture.h"

namespace live {

/// What the heat's colours stand for.
void draw_heat_legend(const Rectangle& place, const HeatView& heat);

/// A layer's spectrum before and after its filter.
void draw_spectrum(const Rectangle& place, const ViewPicture& picture, const SpectrumView& spectrum,
                   Places& places);

/// The learned filters, each as it is in the frequency and in the spatial domain.
void draw_filters(const Rectangle& place, const ViewPicture& picture, const FilterView& filters,
                  Places& places);

/// What stands in the view's place while it is being made, or cannot be.
void draw_view_notice(const Rectangle& place, const std::string& text);

}  // namespace live
