#include "reference/preprocess.h"

#include <doctest/doctest.h>

#include "fixtures.h"
#include "image/decode.h"

namespace {

using namespace gfnet;
using namespace gfnet::test;

constexpr double kPaper = 224.0 / 256.0;
const image::Normalisation kImageNet{{0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}};

image::ResizeGeometry paper_geometry(const image::Image& picture) {
  return image::resize_geometry({picture.height, picture.width}, {224, 224}, kPaper);
}

TEST_CASE("the photographs match PIL's preprocessing") {
  const auto folder = photos_folder();
  int count = 0;
  Difference exact;
  Difference stb;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "expected")) {
    const std::string name = entry.path().filename().string();
    const std::string suffix = ".224.png";
    if (!name.ends_with(suffix)) continue;
    CAPTURE(name);
    const auto photo = folder / "photos" / name.substr(0, name.size() - suffix.size());
    const image::Image expected = image::decode_image(entry.path());
    for (const bool prefer_stb : {false, true}) {
      const image::Image picture = image::decode_image(photo, {.prefer_stb = prefer_stb});
      const auto actual = reference::resize(picture, paper_geometry(picture), 3);
      const Difference d = difference<std::uint8_t>(expected.rgb, actual);
      CAPTURE(d.text());
      const bool libjpeg = !prefer_stb && image::decodes_with_libjpeg();
      if (libjpeg) {
        CHECK(d.largest <= 1.0);
      } else {
        CHECK(d.mean <= 1.0);
      }
      Difference& total = prefer_stb ? stb : exact;
      total.largest = std::max(total.largest, d.largest);
      total.mean += d.mean;
    }
    ++count;
  }
  CHECK(count == kExpectedPhotos);
  MESSAGE("8-bit difference from PIL: default decoder largest ", exact.largest, " mean ",
          exact.mean / count, "; stb_image largest ", stb.largest, " mean ", stb.mean / count);
}

TEST_CASE("every channel is normalised by its formula") {
  const image::Image picture = random_image(61, 40, 3);
  const auto geometry = image::resize_geometry({40, 61}, {20, 24}, kPaper);
  const auto bytes = reference::resize(picture, geometry, 3);
  const auto planes = reference::preprocess(picture, geometry, kImageNet);
  REQUIRE(bytes.size() == 20 * 24 * 3);
  REQUIRE(planes.size() == bytes.size());
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < 20 * 24; ++i) {
      // torch: ToTensor, then Normalize, both in float.
      const float expected =
          (static_cast<float>(bytes[i * 3 + c]) / 255.0f - kImageNet.mean[c]) / kImageNet.std[c];
      CHECK(planes[c * 20 * 24 + i] == doctest::Approx(expected).epsilon(1e-6));
    }
  }
}

TEST_CASE("an image of the network's size passes unchanged") {
  const image::Image picture = random_image(32, 32, 4);
  CHECK(reference::resize(picture, image::resize_geometry({32, 32}, {32, 32}, 1.0), 3) ==
        picture.rgb);
}

TEST_CASE("a constant image stays constant and its grey value is its luma") {
  for (const image::Extent extent : {image::Extent{1, 1}, image::Extent{1, 30'000},
                                     image::Extent{30'000, 1}, image::Extent{300, 1000}}) {
    image::Image picture{extent.width, extent.height, {}};
    for (std::size_t i = 0; i < std::size_t{extent.width} * extent.height; ++i) {
      picture.rgb.insert(picture.rgb.end(), {200, 100, 50});
    }
    const auto geometry = paper_geometry(picture);
    const auto rgb = reference::resize(picture, geometry, 3);
    const auto grey = reference::resize(picture, geometry, 1);
    REQUIRE(rgb.size() == 224 * 224 * 3);
    REQUIRE(grey.size() == 224 * 224);
    CHECK(std::all_of(grey.begin(), grey.end(), [](int v) { return v == 124; }));
    for (std::size_t i = 0; i < rgb.size(); i += 3) {
      REQUIRE(rgb[i] == 200);
      REQUIRE(rgb[i + 1] == 100);
      REQUIRE(rgb[i + 2] == 50);
    }
  }
}

}  // namespace
