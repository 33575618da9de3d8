#pragma once

#include <gfnet/explain.h>

#include <cstdint>
#include <optional>

namespace live {

/// What is shown of how the network sees the picture.
enum class View {
  kNone,
  kHeat,      ///< where the winning class comes from, over the picture
  kSpectrum,  ///< the picture's spectrum before and after a layer's filter
  kFilters,   ///< the learned filters: of every layer, or a layer's channels
};

const char* name_of(View view);

/// A view, and the layer that it is of.
struct ViewWish {
  View view = View::kNone;
  /// kFilters: nothing for every layer. Counted from 0 over all stages.
  std::optional<std::int64_t> layer;

  friend bool operator==(const ViewWish&, const ViewWish&) = default;
};

/// What a person has chosen by keys. Every view keeps its own layer.
class ViewChoice {
 public:
  void next_view();
  /// steps: 1 or −1; goes round. layers: of the model. Without an effect on views that have none.
  void step_layer(std::int64_t steps, std::int64_t layers);

  ViewWish wish() const;
  /// What the network has to say for the view.
  gfnet::ExplainOptions explanation() const;

 private:
  View view_ = View::kNone;
  std::int64_t spectrum_layer_ = 0;
  std::optional<std::int64_t> filters_layer_;
};

}  // namespace live
