#include "../../apps/live/views/view_image.h"

#include <doctest/doctest.h>
#include <gfnet/error.h>

#include <cmath>
#include <memory>

#include "../../apps/live/views/view_maker.h"
#include "support/random.h"
#include "support/reference_files.h"

namespace {

using namespace live;
using gfnet::test::Random;

gfnet::Rgb pixel(const ViewImage& image, std::uint32_t x, std::uint32_t y) {
  const std::uint32_t word = image.pixels.at(std::size_t{y} * image.width + x);
  return {static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8),
          static_cast<std::uint8_t>(word >> 16)};
}

/// Checks that a tile shows a plane, each value as a square.
void check_tile(const ViewImage& image, const Tile& tile, const gfnet::Image& plane) {
  REQUIRE(tile.x + tile.width <= image.width);
  REQUIRE(tile.y + tile.height <= image.height);
  REQUIRE(tile.width % plane.width == 0);
  REQUIRE(tile.height % plane.height == 0);
  const std::uint32_t factor = tile.width / plane.width;
  CHECK(tile.height / plane.height == factor);
  for (std::uint32_t y = 0; y < tile.height; ++y) {
    for (std::uint32_t x = 0; x < tile.width; ++x) {
      const std::size_t at = 3 * (std::size_t{y / factor} * plane.width + x / factor);
      const gfnet::Rgb expected{plane.rgb[at], plane.rgb[at + 1], plane.rgb[at + 2]};
      if (pixel(image, tile.x + x, tile.y + y) != expected) FAIL("pixel " << x << ", " << y);
    }
  }
}

std::shared_ptr<LabelledFrame> labelled_by(const gfnet::Model& model) {
  auto labelled = std::make_shared<LabelledFrame>();
  labelled->frame.width = 640;
  labelled->frame.height = 480;
  labelled->model = std::make_shared<const gfnet::Model>(model);
  labelled->result.top.push_back({3, "cat, a long name", 0.5F, "cat", ""});
  return labelled;
}

gfnet::Model model_named(const std::string& name) {
  return gfnet::Model::load(gfnet::test::reference_file(name + ".pth"));
}

TEST_CASE("a heat map may cover the next frame of a video, but not another still image") {
  const auto labelled = labelled_by(model_named("flat-8x8-32px"));
  labelled->frame.index = 4;
  ViewImage view;
  view.labelled = labelled;
  CapturedFrame next = labelled->frame;
  next.index = 5;
  CHECK(may_cover(view, next));
  next.is_still = true;
  CHECK(!may_cover(view, next));
  next.index = 4;
  CHECK(may_cover(view, next));
  next.height = 481;
  CHECK(!may_cover(view, next));
}

TEST_CASE("heat view: shows the map over the seen part, in fractions of the frame") {
  Random random;
  CAPTURE(random.seed());
  const gfnet::Model model = model_named("flat-8x8-32px");
  const auto labelled = labelled_by(model);
  const ViewWish wish{View::kHeat, std::nullopt};
  CHECK(!can_show(wish, *labelled));
  labelled->result.class_maps.push_back({3, 8, 8, random.normal(64)});
  REQUIRE(can_show(wish, *labelled));
  const ViewImage image = make_view_image(wish, labelled);
  const auto& heat = std::get<HeatView>(image.content);
  CHECK(heat.label == "cat");
  const gfnet::ClassMap& map = labelled->result.class_maps.front();
  const gfnet::Range range = gfnet::range_of(map.values);
  CHECK(heat.range.least == range.least);
  CHECK(heat.range.most == range.most);
  const gfnet::Region region = gfnet::seen_region(model.description(), 640, 480);
  CHECK(heat.seen.left * 640 == doctest::Approx(region.left));
  CHECK(heat.seen.top * 480 == doctest::Approx(region.top));
  CHECK(heat.seen.width * 640 == doctest::Approx(region.width));
  CHECK(heat.seen.height * 480 == doctest::Approx(region.height));
  const gfnet::Image layer = gfnet::heat_layer(model.description(), map, image.width, image.height);
  check_tile(image, {0, 0, image.width, image.height}, layer);
  CHECK(image.width == 256);
}

TEST_CASE("spectrum view: shows the requested layer, or the model's last if there is none") {
  Random random;
  CAPTURE(random.seed());
  const auto labelled = labelled_by(model_named("flat-8x8-32px"));
  const std::int64_t layers = gfnet::layer_count(labelled->model->description());
  gfnet::LayerSpectrum spectrum{layers - 1, 8, 8, {}, {}};
  for (int i = 0; i < 64; ++i) {
    spectrum.before.push_back(std::exp(random.normal(1).front()));
    spectrum.after.push_back(std::exp(random.normal(1).front()));
  }
  labelled->result.spectrum = spectrum;
  CHECK(!can_show({View::kSpectrum, 0}, *labelled));
  CHECK(can_show({View::kSpectrum, layers - 1}, *labelled));
  const ViewWish wish{View::kSpectrum, layers + 5};
  REQUIRE(can_show(wish, *labelled));
  const ViewImage image = make_view_image(wish, labelled);
  const auto& view = std::get<SpectrumView>(image.content);
  CHECK(view.layer == layers - 1);
  CHECK(view.layers == layers);
  const gfnet::SpectrumImages planes = gfnet::spectrum_images(spectrum);
  check_tile(image, view.before, planes.before);
  check_tile(image, view.after, planes.after);
}

TEST_CASE("filter view: shows the channels of a filter sheet, on square and other grids") {
  for (const char* name :
       {"flat-8x8-32px", "flat-15x16-rectangular-gray", "pyramid-no-layerscale"}) {
    CAPTURE(std::string(name));
    const auto labelled = labelled_by(model_named(name));
    const std::int64_t layers = gfnet::layer_count(labelled->model->description());
    for (const auto& layer : {std::optional<std::int64_t>(), std::optional(layers + 1)}) {
      const ViewWish wish{View::kFilters, layer};
      REQUIRE(can_show(wish, *labelled));
      const ViewImage image = make_view_image(wish, labelled);
      const auto& view = std::get<FilterView>(image.content);
      REQUIRE(std::ssize(view.layers) == (layer ? 1 : layers));
      CHECK(view.layers.back().layer == layers - 1);
      for (const FilterView::Layer& entry : view.layers) {
        const gfnet::LayerFilter filter = gfnet::layer_filter(*labelled->model, entry.layer);
        CHECK(entry.name == filter.name);
        CHECK(entry.channels == filter.channels);
        CHECK(entry.shown.size() == gfnet::sheet_channels(filter.channels, layer ? 32 : 8).size());
        for (const FilterView::Channel& channel : entry.shown) {
          check_tile(image, channel.frequency,
                     gfnet::filter_frequency_image(filter, channel.index));
          check_tile(image, channel.spatial, gfnet::filter_spatial_image(filter, channel.index));
        }
      }
    }
  }
}

TEST_CASE("a view that cannot be made reports its cause, and the next one is made again") {
  const gfnet::Model model = model_named("flat-8x8-32px");
  const auto large = labelled_by(model.at({32 * 40, 32 * 40}));  // grids of 320×320
  const ViewWish wish{View::kFilters, std::nullopt};
  ViewMaker maker;
  const auto settle = [&] {
    while (!maker.is_current(wish)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  CHECK(!maker.image());
  maker.ask(wish, nullptr);
  CHECK(!maker.is_current(wish));
  maker.ask(wish, large);
  settle();
  CHECK(!maker.image());
  CHECK(maker.refusal().find("too large") != std::string::npos);
  const auto usual = labelled_by(model);
  maker.ask(wish, usual);
  while (!maker.image()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(maker.refusal().empty());
  CHECK(maker.image()->labelled == usual);
  // The same model has the same filters: nothing new to make.
  auto again = std::make_shared<LabelledFrame>(*usual);
  maker.ask(wish, again);
  CHECK(maker.is_current(wish));
  CHECK(!maker.is_current({View::kFilters, 1}));
  CHECK(maker.image()->labelled == usual);
  maker.ask({View::kNone, std::nullopt}, usual);
  CHECK(!maker.image());
  maker.check();
}

}  // namespace
