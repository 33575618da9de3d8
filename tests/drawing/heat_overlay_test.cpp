#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "gfnet/drawing.h"
#include "gfnet/error.h"
#include "image/geometry.h"
#include "reference/preprocess.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::Random;

namespace {

/// A network for images of height×width pixels with one stage of patch×patch pixels a token.
ModelDescription shown(std::int64_t height, std::int64_t width, std::int64_t patch,
                       double crop_ratio) {
  ModelDescription d;
  d.image_height = height;
  d.image_width = width;
  d.crop_ratio = crop_ratio;
  StageDescription stage;
  stage.patch_height = stage.patch_width = patch;
  stage.grid_height = height / patch;
  stage.grid_width = width / patch;
  d.stages = {stage};
  return d;
}

Image grey(std::uint32_t width, std::uint32_t height, std::uint8_t value) {
  return {width, height, std::vector<std::uint8_t>(std::size_t{3} * width * height, value)};
}

}  // namespace

TEST_CASE("seen_region: the crop in the image's own pixels") {
  const ModelDescription paper = shown(224, 224, 16, 224.0 / 256.0);
  // Resized to 256×256; 16 pixels (1/16) are cut off on each side.
  const Region square = seen_region(paper, 512, 512);
  CHECK(square.left == doctest::Approx(32));
  CHECK(square.top == doctest::Approx(32));
  CHECK(square.width == doctest::Approx(448));
  CHECK(square.height == doctest::Approx(448));
  // 500×333: resized to 384×256, cropped from column 80 (torchvision).
  const Region wide = seen_region(paper, 500, 333);
  CHECK(wide.left == doctest::Approx(80 * 500.0 / 384));
  CHECK(wide.width == doctest::Approx(224 * 500.0 / 384));
  const Region whole = seen_region(shown(32, 32, 8, 1.0), 32, 32);
  CHECK(whole.left == 0);
  CHECK(whole.width == 32);
  CHECK_THROWS_AS(seen_region(paper, 0, 5), ArgumentError);
}

TEST_CASE("heat_overlay: a token's heat lies where the network sees the token") {
  Random random;
  CAPTURE(random.seed());
  for (int round = 0; round < 20; ++round) {
    const ModelDescription d = shown(64, 96, 16, 0.875);  // 4×6 tokens
    const auto width = static_cast<std::uint32_t>(random.integer(100, 400));
    const auto height = static_cast<std::uint32_t>(random.integer(100, 400));
    CAPTURE(width);
    CAPTURE(height);
    const std::int64_t row = random.integer(0, 3);
    const std::int64_t column = random.integer(0, 5);
    ClassMap map{0, 4, 6, std::vector<float>(24, 0.0f)};
    map.values[static_cast<std::size_t>(row * 6 + column)] = 1;
    const Image overlay = heat_overlay(grey(width, height, 128), d, map);

    // An image of the hot pixels goes through the network's own preprocessing.
    Image hot = grey(width, height, 0);
    const std::uint8_t threshold = 200;
    for (std::size_t i = 0; i < hot.rgb.size(); i += 3) {
      if (overlay.rgb[i] >= threshold) hot.rgb[i] = hot.rgb[i + 1] = hot.rgb[i + 2] = 255;
    }
    const auto seen =
        reference::resize(hot, image::resize_geometry({height, width}, {64, 96}, d.crop_ratio), 1);
    std::vector<double> light(24, 0.0);
    for (std::size_t y = 0; y < 64; ++y) {
      for (std::size_t x = 0; x < 96; ++x) light[y / 16 * 6 + x / 16] += seen[y * 96 + x];
    }
    const double total = light[static_cast<std::size_t>(row * 6 + column)];
    CHECK(total > 0);
    for (const double other : light) CHECK(other <= total);
    double sum = 0;
    for (const double each : light) sum += each;
    CHECK(total >= 0.9 * sum);
  }
}

TEST_CASE("heat_overlay: outside the crop the image is only dimmed") {
  const ModelDescription d = shown(224, 224, 16, 0.875);
  ClassMap map{0, 14, 14, std::vector<float>(196, 1.0f)};
  map.values[0] = 0;
  Image image = grey(400, 200, 100);
  const Image overlay = heat_overlay(image, d, map);
  const Region region = seen_region(d, 400, 200);
  CHECK(region.left > 90);
  for (std::uint32_t y = 0; y < 200; ++y) {
    for (std::uint32_t x = 0; x < 400; ++x) {
      const bool inside = x + 0.5 >= region.left && x + 0.5 < region.left + region.width &&
                          y + 0.5 >= region.top && y + 0.5 < region.top + region.height;
      const auto* pixel = &overlay.rgb[(std::size_t{y} * 400 + x) * 3];
      const bool dimmed = pixel[0] == 35 && pixel[1] == 35 && pixel[2] == 35;
      if (dimmed == inside) {
        FAIL("pixel " << x << ", " << y);
      }
    }
  }
}

TEST_CASE("heat_overlay: the row that an odd grid drops does not shift the others") {
  // 7 rows of patches of 2 pixels, then 3 rows of 2×2: the seventh row is dropped, so that a token
  // covers 4 of 14 pixels.
  ModelDescription d = shown(14, 14, 2, 1.0);
  StageDescription second;
  second.patch_height = second.patch_width = 2;
  second.grid_height = second.grid_width = 3;
  d.stages.push_back(second);
  ClassMap map{0, 3, 3, {0, 0, 0, 0, 0, 0, 0, 0, 1}};
  const Image overlay = heat_overlay(grey(140, 140, 0), d, map);
  const auto green = [&](std::size_t x) { return overlay.rgb[(x * 140 + x) * 3 + 1]; };
  // The hot token's centre is at 2.5 of 3.5 tokens: pixel 100 of 140. Hotter pixels are greener.
  CHECK(green(100) >= green(139));
  CHECK(green(100) > green(90) + 10);
  CHECK(green(90) > green(80) + 10);
}

TEST_CASE("heat_overlay: images of any size are drawn and invalid maps are refused") {
  const ModelDescription d = shown(32, 32, 8, 1.0);
  const ClassMap map{0, 4, 4, std::vector<float>(16, 2.0f)};
  for (const auto& [width, height] : {std::pair{1u, 1u}, {3000u, 1u}, {1u, 900u}}) {
    const Image overlay = heat_overlay(grey(width, height, 9), d, map);
    CHECK(overlay.width == width);
    CHECK(overlay.height == height);
  }
  CHECK_THROWS_AS(heat_overlay(grey(4, 4, 0), d, {0, 4, 4, std::vector<float>(15)}), ArgumentError);
  CHECK_THROWS_AS(heat_overlay(grey(4, 4, 0), d, {}), ArgumentError);
}

TEST_CASE("heat_layer: the heat that heat_overlay mixes with the image") {
  Random random;
  CAPTURE(random.seed());
  for (int round = 0; round < 10; ++round) {
    // Nothing is cropped, so both have the same pixels; over black only the heat is left.
    const std::int64_t grid = random.integer(1, 9);
    const ModelDescription d = shown(8 * grid, 8 * grid, 8, 1.0);
    const ClassMap map{0, grid, grid, random.normal(grid * grid)};
    const auto side = static_cast<std::uint32_t>(random.integer(1, 90));
    const Range range{-1, static_cast<float>(random.integer(0, 3))};
    const Image layer = heat_layer(d, map, side, side, range);
    const Image overlay = heat_overlay(grey(side, side, 0), d, map, range);
    REQUIRE(layer.rgb.size() == overlay.rgb.size());
    for (std::size_t i = 0; i < layer.rgb.size(); ++i) {
      if (std::abs(kHeatOpacity * layer.rgb[i] - overlay.rgb[i]) > 0.5) FAIL("value " << i);
    }
  }
  CHECK_THROWS_AS(heat_layer(shown(8, 8, 8, 1.0), {}, 4, 4), ArgumentError);
}
