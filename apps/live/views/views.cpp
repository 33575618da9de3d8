#include "views/views.h"

#include <algorithm>

namespace live {

const char* name_of(View view) {
  switch (view) {
    case View::kNone:
      return "none";
    case View::kHeat:
      return "heat map";
    case View::kSpectrum:
      return "spectrum";
    case View::kFilters:
      return "filters";
  }
  return "?";
}

void ViewChoice::next_view() {
  view_ = view_ == View::kFilters ? View::kNone : static_cast<View>(static_cast<int>(view_) + 1);
}

void ViewChoice::step_layer(std::int64_t steps, std::int64_t layers) {
  if (layers < 1) return;
  if (view_ == View::kSpectrum) {
    const std::int64_t from = std::min(spectrum_layer_, layers - 1);
    spectrum_layer_ = (from + steps + layers) % layers;
  }
  if (view_ == View::kFilters) {
    // "All layers" comes before the first layer and after the last.
    const std::int64_t from = filters_layer_ ? std::min(*filters_layer_, layers - 1) : layers;
    const std::int64_t to = (from + steps + layers + 1) % (layers + 1);
    filters_layer_ = to == layers ? std::nullopt : std::optional(to);
  }
}

ViewWish ViewChoice::wish() const {
  switch (view_) {
    case View::kSpectrum:
      return {view_, spectrum_layer_};
    case View::kFilters:
      return {view_, filters_layer_};
    default:
      return {view_, std::nullopt};
  }
}

gfnet::ExplainOptions ViewChoice::explanation() const {
  gfnet::ExplainOptions options;
  options.class_maps = view_ == View::kHeat;
  if (view_ == View::kSpectrum) options.layer = spectrum_layer_;
  return options;
}

}  // namespace live
