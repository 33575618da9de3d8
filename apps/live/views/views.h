#pragma once

#include <gfnet/explain.h>

#include <cstdint>
#include <optional>

namespace live {

/// What the window shows beside the labels.
enum class View {
  kNone,
  kHeat,      ///< colours over the frame: which parts support the most probable class
  kSpectrum,  ///< the tokens' spectrum before and after a layer's filter
  kFilters,   ///< the learned filters: of every layer, or of one layer
};

const char* name_of(View view);

/// A view that was requested, and the layer that the view shows.
struct ViewWish {
  View view = View::kNone;
  /// Index of the layer, from 0 over all stages. Empty if `view` is kNone or kHeat, or if `view` is
  /// kFilters and the filters of every layer are shown.
  std::optional<std::int64_t> layer;

  friend bool operator==(const ViewWish&, const ViewWish&) = default;
};

/// The view and the layers that the user has chosen with keys. kSpectrum and kFilters each remember
/// a layer of their own.
class ViewChoice {
 public:
  /// Goes to the next view, and from the last view to kNone.
  void next_view();
  /// Goes to the next layer (steps = 1) or the previous layer (steps = −1), and wraps around. In
  /// kFilters, "every layer" is one more position. layers: number of layers of the model. No effect
  /// in kNone and kHeat.
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
