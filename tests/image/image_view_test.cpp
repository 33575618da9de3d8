#include "image/image_view.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "gfnet/error.h"

using namespace gfnet;

namespace {

/// Checks that the third of three views is refused, and that the message names it and `cause`.
void check_refused(const ImageView& view, const char* cause) {
  const std::uint8_t pixels[] = {1, 2, 3};
  const ImageView valid{pixels, 1, 1, 3, PixelFormat::kRgb};
  const std::vector<ImageView> views{valid, valid, view};
  CHECK_NOTHROW(image::check_views({views.data(), 2}));
  CHECK_THROWS_WITH_AS(image::check_views(views), doctest::Contains("images[2]: "), ArgumentError);
  CHECK_THROWS_WITH_AS(image::check_views(views), doctest::Contains(cause), ArgumentError);
}

}  // namespace

TEST_CASE("bytes per pixel of every format") {
  CHECK(image::bytes_per_pixel(PixelFormat::kRgb) == 3);
  CHECK(image::bytes_per_pixel(PixelFormat::kBgr) == 3);
  CHECK(image::bytes_per_pixel(PixelFormat::kRgba) == 4);
  CHECK(image::bytes_per_pixel(PixelFormat::kBgra) == 4);
  CHECK(image::bytes_per_pixel(PixelFormat::kGrey) == 1);
  CHECK_THROWS_AS(image::bytes_per_pixel(static_cast<PixelFormat>(5)), ArgumentError);
}

TEST_CASE("invalid views are refused by index") {
  const std::vector<std::uint8_t> pixels(100);
  const std::uint8_t* const data = pixels.data();
  check_refused({data, 0, 5, 3, PixelFormat::kRgb}, "0×5 pixels");
  check_refused({data, 5, 0, 15, PixelFormat::kRgb}, "5×0 pixels");
  check_refused({nullptr, 5, 5, 15, PixelFormat::kRgb}, "null");
  check_refused({data, 5, 5, 14, PixelFormat::kRgb}, "has 15 bytes");
  check_refused({data, 5, 5, 14, PixelFormat::kBgr}, "has 15 bytes");
  check_refused({data, 5, 5, 19, PixelFormat::kRgba}, "has 20 bytes");
  check_refused({data, 5, 5, 19, PixelFormat::kBgra}, "has 20 bytes");
  check_refused({data, 5, 5, 4, PixelFormat::kGrey}, "has 5 bytes");
  check_refused({data, 5, 5, 0, PixelFormat::kGrey}, "has 5 bytes");
  check_refused({data, 5, 5, 20, static_cast<PixelFormat>(99)}, "no pixel format 99");
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  check_refused({data, 5, 3, kMost / 2, PixelFormat::kGrey}, "do not fit in memory");
  check_refused({data, 5, 2, kMost / 2, PixelFormat::kGrey}, "do not fit in memory");
  // The stride of a single row is not used.
  const ImageView one_row{data, 5, 1, kMost, PixelFormat::kRgb};
  CHECK_NOTHROW(image::check_views({&one_row, 1}));
  const ImageView tight{data, 5, 5, 20, PixelFormat::kRgba};
  CHECK_NOTHROW(image::check_views({&tight, 1}));
}

TEST_CASE("an image converts to a view of its pixels, unless its bytes do not match its size") {
  const Image image{2, 3, std::vector<std::uint8_t>(18)};
  const ImageView view = image;
  CHECK(view.data == image.rgb.data());
  CHECK(view.width == 2);
  CHECK(view.height == 3);
  CHECK(view.row_stride == 6);
  CHECK(view.format == PixelFormat::kRgb);

  const Image small{2, 3, std::vector<std::uint8_t>(17)};
  const Image large{2, 3, std::vector<std::uint8_t>(19)};
  // Its 3·width·height wraps to 0 in 32 bits.
  const Image huge{1u << 31, 2, {}};
  for (const Image* wrong : {&small, &large, &huge}) {
    CHECK_THROWS_AS(static_cast<void>(ImageView(*wrong)), ArgumentError);
    const std::vector<Image> images{image, *wrong};
    CHECK_THROWS_WITH_AS(image::views_of(images), doctest::Contains("images[1]: "), ArgumentError);
  }
  const std::vector<Image> empty{image, image, Image{}};
  CHECK_THROWS_WITH_AS(image::views_of(empty), doctest::Contains("images[2]: "), ArgumentError);
  CHECK(image::views_of({empty.data(), 2}).size() == 2);
}
