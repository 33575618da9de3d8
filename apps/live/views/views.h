#pragma once

#include <gfnet/explain.h>

#include <cstdint>
#include <optional>

namespace live {

/// What the window shows about the network's work.
enum class View {
  kNone,
  kHeat,      ///< which parts of the frame support the best class, as colours over it
  kSpectrum,  ///< the tokens' spectrum before and after a layer's filter
  kFilters,   ///< the learned filters: of every layer, or of one layer
};

const char* name_of(View view);

/// A view and its layer.
struct ViewWish {
  View view = View::kNone;
  /// Index from 0 over all stages. Empty for kNone and kHeat, and for kFilters with every layer.
  std::optional<std::int64_t> layer;

  friend bool operator==(const ViewWish&, const ViewWish&) = default;
};

/// The view and layers that the user has chosen with keys. Every view keeps its own layer.
class ViewChoice {
 public:
  /// Goes to the next view; from the last one to kNone.
  void next_view();
  /// Goes to the next (steps = 1) or previous (−1) layer and wraps around. layers: number of layers
  /// of the model. No effect in views without a layer.
  void step_layer(std::int64_t steps, std::int64_t layers);

  ViewWish wish() const;
  /// What the network must compute for the view.
  gfnet::ExplainOptions explanation() const;

 private:
  View view_ = View::kNone;
  std::int64_t spectrum_layer_ = 0;
  std::optional<std::int64_t> filters_layer_;
};

}  // namespace live
