// Images that are parts of larger images: a classifier treats them as the larger image.
#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "gfnet/drawing.h"
#include "gfnet/gfnet.h"
#include "support/classifier_options.h"
#include "support/random.h"
#include "support/random_image.h"
#include "support/reference_files.h"

using namespace gfnet;
using gfnet::test::check_silent;
using gfnet::test::classifier_options;
using gfnet::test::Random;

namespace {

Image cut(const Image& whole, const ImageRegion& region) {
  Image part{region.width, region.height, {}, {whole.width, whole.height, region.left, region.top}};
  for (std::size_t y = 0; y < region.height; ++y) {
    const auto* const row = &whole.rgb[3 * ((region.top + y) * whole.width + region.left)];
    part.rgb.insert(part.rgb.end(), row, row + std::size_t{3} * region.width);
  }
  return part;
}

/// A region around `region`, within the image.
ImageRegion grown(Random& random, const ImageRegion& region, const Image& image) {
  const auto left = static_cast<std::uint32_t>(random.integer(0, region.left));
  const auto top = static_cast<std::uint32_t>(random.integer(0, region.top));
  const auto right =
      static_cast<std::uint32_t>(random.integer(region.left + region.width, image.width));
  const auto bottom =
      static_cast<std::uint32_t>(random.integer(region.top + region.height, image.height));
  return {left, top, right - left, bottom - top};
}

}  // namespace

TEST_CASE("a part with the pixels of Model::region_of gives the bits of the whole image") {
  Random random;
  CAPTURE(random.seed());
  for (const char* name : {"flat-8x8-32px.pth", "flat-15x15-gray-1logit.pth"}) {
    CAPTURE(name);
    const Model model = Model::load(test::reference_file(name));
    Classifier classifier(model, classifier_options());
    std::vector<Image> wholes;
    std::vector<Image> parts;
    for (int i = 0; i < 16; ++i) {
      wholes.push_back(test::random_image(random,
                                          static_cast<std::uint32_t>(random.integer(1, 300)),
                                          static_cast<std::uint32_t>(random.integer(1, 300))));
      const Image& whole = wholes.back();
      const ImageRegion region = model.region_of(whole.width, whole.height);
      parts.push_back(cut(whole, i % 2 == 0 ? region : grown(random, region, whole)));
    }
    CHECK(classifier.preprocess(parts) == classifier.preprocess(wholes));
    const auto expected = classifier.classify(wholes);
    const auto results = classifier.classify(parts);
    for (std::size_t i = 0; i < parts.size(); ++i) CHECK(results[i].logits == expected[i].logits);
    check_silent(classifier);
  }
}

TEST_CASE("Model::region_of is narrow for a wide image, and the whole of one that is seen whole") {
  const Model model = Model::load(test::reference_file("flat-8x8-32px.pth"));
  const ImageRegion whole{0, 0, 32, 32};
  CHECK(model.region_of(32, 32) == whole);
  const ImageRegion wide = model.region_of(4000, 1000);
  CHECK(wide.height == 1000);
  CHECK(wide.width > 1000);
  CHECK(wide.width < 1200);
  CHECK(wide.left > 1400);
  CHECK_THROWS_AS(model.region_of(0, 5), UnsupportedError);
}

TEST_CASE("a part that lacks pixels, or lies outside of its image, is refused by its index") {
  Random random;
  const Model model = Model::load(test::reference_file("flat-8x8-32px.pth"));
  Classifier classifier(model, classifier_options());
  const Image whole = test::random_image(random, 200, 90);
  const ImageRegion region = model.region_of(200, 90);
  REQUIRE(region.left > 0);
  const ImageRegion lacking[] = {
      {region.left + 1, region.top, region.width - 1, region.height},
      {region.left, region.top, region.width - 1, region.height},
      {region.left, region.top + 1, region.width, region.height - 1},
      {region.left, region.top, region.width, region.height - 1},
  };
  for (const ImageRegion& wrong : lacking) {
    const std::vector<Image> images{whole, cut(whole, wrong)};
    CHECK_THROWS_WITH_AS(classifier.classify(images), doctest::Contains("images[1]: the part of "),
                         ArgumentError);
  }
  for (const PartOf& outside :
       {PartOf{200, 90, 1, 0}, PartOf{200, 90, 0, 1}, PartOf{199, 90, 0, 0}, PartOf{0, 0, 5, 0},
        PartOf{200, 0, 0, 0}, PartOf{~0U, 90, ~0U, 0}}) {
    std::vector<Image> images{whole, whole};
    images[1].part_of = outside;
    CHECK_THROWS_WITH_AS(classifier.classify(images), doctest::Contains("are no part of"),
                         ArgumentError);
  }
  CHECK_NOTHROW(classifier.classify({whole}));
  CHECK_THROWS_WITH_AS(reduced(cut(whole, region), 10), doctest::Contains("a part of an image"),
                       ArgumentError);
}
