#include "../../apps/live/views/views.h"

#include <doctest/doctest.h>

#include <optional>

namespace {

using live::View;
using live::ViewChoice;
using live::ViewWish;

ViewChoice chosen(View view) {
  ViewChoice choice;
  while (choice.wish().view != view) choice.next_view();
  return choice;
}

TEST_CASE("the view key goes through all views and back to none") {
  ViewChoice choice;
  for (const View view : {View::kNone, View::kHeat, View::kSpectrum, View::kFilters, View::kNone}) {
    CHECK(choice.wish().view == view);
    choice.next_view();
  }
}

TEST_CASE("a view asks the network only for what it needs") {
  const gfnet::ExplainOptions nothing;
  CHECK(chosen(View::kNone).explanation() == nothing);
  CHECK(chosen(View::kFilters).explanation() == nothing);
  const gfnet::ExplainOptions heat = chosen(View::kHeat).explanation();
  CHECK(heat.class_maps);
  CHECK(!heat.layer);
  const gfnet::ExplainOptions spectrum = chosen(View::kSpectrum).explanation();
  CHECK(!spectrum.class_maps);
  CHECK(spectrum.layer == 0);
}

TEST_CASE("layer steps wrap around; filters also have a step for all layers") {
  ViewChoice spectrum = chosen(View::kSpectrum);
  for (const int layer : {1, 2, 0, 1}) {
    spectrum.step_layer(1, 3);
    CHECK(spectrum.wish() == ViewWish{View::kSpectrum, layer});
  }
  for (const int layer : {0, 2}) {
    spectrum.step_layer(-1, 3);
    CHECK(spectrum.explanation().layer == layer);
  }
  ViewChoice filters = chosen(View::kFilters);
  using Layer = std::optional<std::int64_t>;
  for (const Layer& layer : {Layer(0), Layer(1), Layer(), Layer(0)}) {
    filters.step_layer(1, 2);
    CHECK(filters.wish() == ViewWish{View::kFilters, layer});
  }
  for (const Layer& layer : {Layer(), Layer(1)}) {
    filters.step_layer(-1, 2);
    CHECK(filters.wish().layer == layer);
  }
}

TEST_CASE("a layer beyond another model's last one counts as its last") {
  ViewChoice choice = chosen(View::kSpectrum);
  for (int i = 0; i < 9; ++i) choice.step_layer(1, 12);
  CHECK(choice.wish().layer == 9);
  choice.step_layer(-1, 4);  // its last is 3
  CHECK(choice.wish().layer == 2);
  choice.step_layer(1, 0);
  CHECK(choice.wish().layer == 2);
}

TEST_CASE("a layer step has no effect in views without layers") {
  for (const View view : {View::kNone, View::kHeat}) {
    ViewChoice choice = chosen(view);
    choice.step_layer(1, 5);
    CHECK(choice.wish() == ViewWish{view, std::nullopt});
    CHECK(!choice.explanation().layer);
  }
}

}  // namespace
