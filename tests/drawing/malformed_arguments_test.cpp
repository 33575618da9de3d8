// Sizes that do not match the values: ArgumentErrors before anything is read or written.
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "gfnet/drawing.h"
#include "gfnet/error.h"

using namespace gfnet;

namespace {

/// So large that the product of two such extents wraps to 0 in 64 bits.
constexpr std::int64_t kWrapping = std::int64_t{1} << 32;

ModelDescription small_model() {
  ModelDescription d;
  d.image_height = 16;
  d.image_width = 16;
  d.crop_ratio = 1;
  d.stages.push_back({.patch_height = 8, .patch_width = 8, .grid_height = 2, .grid_width = 2});
  return d;
}

Image grey(std::uint32_t width, std::uint32_t height) {
  return {width, height, std::vector<std::uint8_t>(std::size_t{3} * width * height, 128)};
}

std::vector<float> values(std::size_t count) { return std::vector<float>(count, 1.0f); }

const ClassMap kMap{0, 2, 2, values(4)};

std::vector<Image> malformed_images() {
  return {{}, {0, 4, {}}, {20, 20, {1, 2, 3}}, {2, 2, std::vector<std::uint8_t>(13)}};
}

std::vector<ClassMap> malformed_maps() {
  return {{},
          {0, 2, 2, values(3)},
          {0, 0, 2, {}},
          {0, -2, -2, values(4)},
          {0, kWrapping, kWrapping, {}}};
}

std::vector<LayerSpectrum> malformed_spectra() {
  return {{},
          {0, 2, 2, values(3), values(4)},
          {0, 2, 2, values(4), values(5)},
          {0, -2, -2, values(4), values(4)},
          {0, kWrapping, kWrapping, {}, {}}};
}

std::vector<LayerFilter> malformed_filters() {
  return {{0, "f", 8, 8, 3, values(2)},
          {0, "f", 0, 0, 3, {}},
          {0, "f", 2, 2, 0, {}},
          {0, "f", 2, 2, -1, values(8)},
          {0, "f", 2, 2, 1, values(9)},
          {0, "f", -2, 2, -1, values(8)},
          {0, "f", kWrapping, 2, kWrapping, {}},
          {}};
}

}  // namespace

TEST_CASE("drawing on an image refuses images and maps whose sizes do not match") {
  const ModelDescription d = small_model();
  CHECK_NOTHROW(heat_overlay(grey(20, 20), d, kMap));
  for (const Image& image : malformed_images()) {
    CAPTURE(image.width);
    CHECK_THROWS_AS(heat_overlay(image, d, kMap), ArgumentError);
    const ExplainedImage row{image, "", kMap, {}};
    CHECK_THROWS_AS(explain_sheet({&row, 1}, d), ArgumentError);
  }
  for (const ClassMap& map : malformed_maps()) {
    CAPTURE(map.height);
    CHECK_THROWS_AS(heat_overlay(grey(20, 20), d, map), ArgumentError);
    CHECK_THROWS_AS(heat_layer(d, map, 4, 4), ArgumentError);
    const ExplainedImage row{grey(20, 20), "", map, {}};
    CHECK_THROWS_AS(explain_sheet({&row, 1}, d), ArgumentError);
  }
}

TEST_CASE("drawing planes refuses spectra, filters and values whose sizes do not match") {
  for (const LayerSpectrum& spectrum : malformed_spectra()) {
    CAPTURE(spectrum.height);
    CHECK_THROWS_AS(spectrum_images(spectrum), ArgumentError);
    const ExplainedImage row{grey(20, 20), "", kMap, spectrum};
    CHECK_THROWS_AS(explain_sheet({&row, 1}, small_model()), ArgumentError);
  }
  for (const LayerFilter& filter : malformed_filters()) {
    CAPTURE(filter.height);
    CHECK_THROWS_AS(filter_magnitude(filter, 0), ArgumentError);
    CHECK_THROWS_AS(spatial_kernel(filter, 0), ArgumentError);
    CHECK_THROWS_AS(filter_sheet({&filter, 1}, 1), ArgumentError);
  }
  for (const std::int64_t channels : {0, -1}) {
    CHECK_THROWS_AS(sheet_channels(channels, 1), ArgumentError);
  }
  const std::vector<float> six = values(6);
  for (const auto& [height, width] : {std::pair<std::int64_t, std::int64_t>{2, 2},
                                      {-2, -3},
                                      {0, 6},
                                      {6, 0},
                                      {kWrapping, kWrapping}}) {
    CAPTURE(height);
    CHECK_THROWS_AS(heat_image(six, height, width, {0, 1}), ArgumentError);
    CHECK_THROWS_AS(full_plane(six, height, width), ArgumentError);
  }
}
