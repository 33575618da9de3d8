#include "image/geometry.h"

#include <doctest/doctest.h>

#include "gfnet/error.h"
#include "image/resize_plan.h"

namespace {

using namespace gfnet::image;

constexpr double kPaper = 224.0 / 256.0;

struct Case {
  std::uint32_t width, height;
  std::uint64_t resized_width, resized_height;
  std::uint64_t left, top;
};

// torchvision: Resize(256), CenterCrop(224). Crop offsets of half a pixel round to even.
const Case kCases[] = {
    {256, 256, 256, 256, 16, 16},
    {500, 333, 384, 256, 80, 16},
    {333, 500, 256, 384, 16, 80},
    {86, 108, 256, 321, 16, 48},
    {500, 375, 341, 256, 58, 16},
    {375, 496, 256, 338, 16, 57},
    {375, 497, 256, 339, 16, 58},
    {1, 1, 256, 256, 16, 16},
    {1280, 1024, 320, 256, 48, 16},
    {30'000, 1, 7'680'000, 256, 3'839'888, 16},
    {1, 30'000, 256, 7'680'000, 16, 3'839'888},
};

TEST_CASE("shorter side to 256, centre crop of 224, as torchvision rounds") {
  for (const Case& c : kCases) {
    CAPTURE(c.width);
    CAPTURE(c.height);
    const ResizeGeometry g = resize_geometry({c.height, c.width}, {224, 224}, kPaper);
    CHECK(g.horizontal.resized == c.resized_width);
    CHECK(g.vertical.resized == c.resized_height);
    CHECK(g.horizontal.offset == c.left);
    CHECK(g.vertical.offset == c.top);
    CHECK(g.horizontal.cropped == 224);
    CHECK(g.vertical.cropped == 224);
  }
}

TEST_CASE("network sizes other than 224") {
  // int(256 / 224 · 384) = 438; (438 − 384) / 2 = 27.
  CHECK(resize_geometry({600, 600}, {384, 384}, kPaper).vertical ==
        AxisGeometry{600, 438, 27, 384});
  // CIFAR: no enlargement, the image is used as it is.
  CHECK(resize_geometry({32, 32}, {32, 32}, 1.0).horizontal == AxisGeometry{32, 32, 0, 32});
  // 240×256 network: int(240/0.875) = 274 rows, int(256/0.875) = 292 columns must be covered.
  const ResizeGeometry square = resize_geometry({500, 500}, {240, 256}, kPaper);
  CHECK(square.horizontal == AxisGeometry{500, 292, 18, 256});
  CHECK(square.vertical == AxisGeometry{500, 292, 26, 240});
  const ResizeGeometry wide = resize_geometry({100, 1000}, {240, 256}, kPaper);
  CHECK(wide.vertical.resized == 274);
  CHECK(wide.horizontal.resized == 2740);
}

TEST_CASE("at any extents the crop lies inside the image and the taps are bounded") {
  for (const std::uint32_t width : {1u, 2u, 7u, 223u, 256u, 777u, 4'000u, 30'000u, 1u << 28}) {
    for (const std::uint32_t height : {1u, 3u, 224u, 257u, 3'000u, 1u << 28}) {
      for (const Extent target :
           {Extent{224, 224}, Extent{240, 256}, Extent{32, 32}, Extent{1, 9}}) {
        const ResizeGeometry g = resize_geometry({height, width}, target, kPaper);
        for (const AxisGeometry& axis : {g.horizontal, g.vertical}) {
          CAPTURE(axis.source);
          CAPTURE(axis.resized);
          CHECK(axis.offset + axis.cropped <= axis.resized);
          std::uint32_t previous = 0;
          for (std::uint32_t i = 0; i < axis.cropped; ++i) {
            const TapRange taps = axis.taps(i);
            REQUIRE(taps.begin < taps.end);
            REQUIRE(taps.end <= axis.source);
            REQUIRE(taps.begin >= previous);
            REQUIRE(taps.end - taps.begin <= 4 * axis.filter_scale() + 1);
            previous = taps.begin;
          }
        }
      }
    }
  }
}

TEST_CASE("invalid sizes and crop ratios are refused") {
  CHECK_THROWS_AS(resize_geometry({0, 5}, {224, 224}, kPaper), gfnet::UnsupportedError);
  CHECK_THROWS_AS(resize_geometry({5, 5}, {224, 0}, kPaper), gfnet::UnsupportedError);
  CHECK_THROWS_AS(resize_geometry({5, 5}, {224, 224}, 0.0), gfnet::UnsupportedError);
  CHECK_THROWS_AS(resize_geometry({5, 5}, {224, 224}, 1.5), gfnet::UnsupportedError);
}

TEST_CASE("the bicubic kernel interpolates and sums to one") {
  CHECK(bicubic(0.0) == 1.0);
  for (const double x : {-2.0, -1.0, 1.0, 2.0, 2.5, -7.0}) CHECK(bicubic(x) == 0.0);
  for (double x = 0.0; x < 1.0; x += 0.0625) {
    CHECK(bicubic(x + 1) + bicubic(x) + bicubic(x - 1) + bicubic(x - 2) ==
          doctest::Approx(1.0).epsilon(1e-15));
    CHECK(bicubic(x) == bicubic(-x));
  }
}

TEST_CASE("the plan reads only the pixels that the crop needs") {
  const Normalisation rgb{{0.5f, 0.25f, 0.125f}, {0.5f, 1.0f, 2.0f}};
  const ResizeTarget target{{224, 224}, kPaper, rgb};
  // Of 7,680,000 resized rows or columns, 224 are kept: less than one source row. The filter
  // reaches two source rows further on either side, so at most 6 are read. One more column on
  // either side is there for rounding.
  const ResizePlan tall = make_resize_plan({30'000, 1}, target);
  CHECK(tall.window.rows <= 6);
  CHECK(tall.window.columns == 1);
  CHECK(tall.intermediate_bytes == std::uint64_t{tall.window.rows} * 224 * 4);
  CHECK(tall.destination_elements == 3 * 224 * 224);
  const ResizePlan wide = make_resize_plan({1, 30'000}, target);
  CHECK(wide.window.rows == 1);
  CHECK(wide.window.columns <= 8);
  CHECK(wide.window.first_column > 14'900);

  const ResizeGeometry geometry = resize_geometry({500, 375}, {224, 224}, kPaper);
  ResizePlan plan = make_resize_plan({500, 375}, target);
  const TapRange rows = geometry.vertical.taps();
  CHECK(plan.window.first_row == rows.begin);
  CHECK(plan.window.rows == rows.end - rows.begin);
  const TapRange columns = geometry.horizontal.taps();
  CHECK(plan.window.first_column == columns.begin - 1);
  CHECK(plan.window.columns == columns.end - columns.begin + 2);
  CHECK(plan.window.first_column + plan.window.columns <= 375);

  plan.set_source(gfnet::PixelFormat::kBgra, 1500);
  plan.place(80, 7);
  const gfnet::parameters::ResizeImage all = plan.band(0, plan.window.rows, 400);
  CHECK(all.pixel_bytes == 4);
  CHECK(all.is_blue_first == 1);
  CHECK(all.source_byte == 400);
  CHECK(all.row_bytes == 1500);
  CHECK(all.rows == plan.window.rows);
  CHECK(all.row_word == 20);
  CHECK(all.intermediate_word == 20);
  CHECK(all.destination_element == 7);
  CHECK(all.output_rows == 224);
  // The first rows of the window: the result has to wait for the others.
  const gfnet::parameters::ResizeImage first = plan.band(0, 100, 400);
  CHECK(first.rows == 100);
  CHECK(first.output_rows == 0);
  const gfnet::parameters::ResizeImage rest = plan.band(100, plan.window.rows, 0);
  CHECK(rest.rows == plan.window.rows - 100);
  CHECK(rest.row_word == 20 + 100 * 224);
  CHECK(rest.intermediate_word == 20);
  CHECK(rest.output_rows == 224);
  CHECK_THROWS_AS(plan.place(std::uint64_t{1} << 40, 0), gfnet::UnsupportedError);
  CHECK_THROWS_AS(plan.set_source(gfnet::PixelFormat::kRgb, std::uint64_t{1} << 32),
                  gfnet::UnsupportedError);
  CHECK_THROWS_AS(plan.band(0, 100, (std::uint64_t{1} << 32) - 8), gfnet::UnsupportedError);

  const gfnet::parameters::ResizeTarget push = target_parameters(target);
  CHECK(push.channels == 3);
  CHECK(push.scale_0 == doctest::Approx(2.0 / 255));
  CHECK(push.bias_2 == doctest::Approx(-0.0625));
  const ResizeTarget two{{224, 224}, kPaper, {{0, 0}, {1, 1}}};
  CHECK_THROWS_AS(make_resize_plan({500, 375}, two), gfnet::UnsupportedError);
  CHECK_THROWS_AS(target_parameters(two), gfnet::UnsupportedError);
}

}  // namespace
