// Memory of the caller: checkpoints and images as bytes in it, results written to it.
#include <doctest/doctest.h>

#include <limits>

#include "gfnet/gfnet.h"
#include "support/classifier_options.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/random_image.h"
#include "support/reference_files.h"
#include "support/repository.h"

using namespace gfnet;
using gfnet::test::check_silent;
using gfnet::test::classifier_options;
using gfnet::test::Random;

namespace {

std::vector<char> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::vector<char>(std::istreambuf_iterator<char>(file), {});
}

std::vector<Image> random_images(Random& random, int count) {
  std::vector<Image> images;
  for (int i = 0; i < count; ++i) {
    images.push_back(test::random_image(random, static_cast<std::uint32_t>(random.integer(1, 90)),
                                        static_cast<std::uint32_t>(random.integer(1, 90))));
  }
  return images;
}

}  // namespace

TEST_CASE("a model whose bytes were freed classifies like its file") {
  Random random;
  CAPTURE(random.seed());
  const std::vector<Image> images = random_images(random, 2);
  for (const char* name : {"flat-8x8-32px.pth", "pyramid-12x8-legacy-format-half.pth"}) {
    CAPTURE(name);
    std::optional<Model> copied;
    {
      std::vector<char> bytes = read(test::reference_file(name));
      copied = Model::load(std::as_bytes(std::span(bytes)), name);
      std::ranges::fill(bytes, '\xAA');
    }
    // The classifier keeps the contents alive, the model may go too.
    Classifier from_memory(*copied, classifier_options());
    copied.reset();
    Classifier from_file(Model::load(test::reference_file(name)), classifier_options());
    const auto results = from_memory.classify(images);
    const auto expected = from_file.classify(images);
    for (std::size_t i = 0; i < images.size(); ++i) {
      CHECK(results[i].logits == expected[i].logits);
    }
    check_silent(from_memory);
  }
}

TEST_CASE("an image decoded from memory classifies like its file") {
  const auto path = test::repository() / "tests/image/data/rgb.jpg";
  const std::vector<char> bytes = read(path);
  const Image image = decode_image(std::as_bytes(std::span(bytes)));
  const Image expected = load_image(path);
  Classifier classifier(Model::load(test::reference_file("flat-8x8-32px.pth")),
                        classifier_options());
  CHECK(classifier.classify({&image, 1}).front().logits ==
        classifier.classify({&expected, 1}).front().logits);
}

TEST_CASE("classify_into writes the logits of classify, and nothing beside them") {
  Random random;
  CAPTURE(random.seed());
  for (const char* name : {"flat-8x8-32px.pth", "flat-15x15-gray-1logit.pth"}) {
    CAPTURE(name);
    Classifier classifier(Model::load(test::reference_file(name)), classifier_options());
    const auto classes = static_cast<std::size_t>(classifier.model().description().classes);
    for (const int count : {1, 3}) {
      const std::vector<Image> images = random_images(random, count);
      const std::size_t numbers = images.size() * classes;
      constexpr float kUntouched = 12345.0f;
      constexpr std::size_t kBorder = 5;
      std::vector<float> memory(numbers + 2 * kBorder, kUntouched);
      classifier.submit(images);  // a batch in flight does not change its turn
      classifier.classify_into(images, std::span(memory).subspan(kBorder, numbers));
      const auto expected = classifier.collect();
      for (std::size_t i = 0; i < images.size(); ++i) {
        const auto row = memory.begin() + static_cast<std::ptrdiff_t>(kBorder + i * classes);
        CHECK(std::equal(expected[i].logits.begin(), expected[i].logits.end(), row));
      }
      CHECK(std::ranges::count(memory, kUntouched) == 2 * kBorder);
    }
    check_silent(classifier);
  }
}

TEST_CASE("classify_into refuses memory of the wrong size and leaves it alone") {
  Random random;
  Classifier classifier(Model::load(test::reference_file("flat-8x8-32px.pth")),
                        classifier_options());
  const std::vector<Image> images = random_images(random, 2);
  for (const std::size_t numbers : {0u, 1u, 10u, 19u, 21u, 30u}) {
    CAPTURE(numbers);
    std::vector<float> logits(numbers, -1.0f);
    CHECK_THROWS_AS(classifier.classify_into(images, logits), ArgumentError);
    CHECK(logits == std::vector<float>(numbers, -1.0f));
  }
  std::vector<float> logits(19);
  CHECK_THROWS_WITH_AS(classifier.classify_into(images, logits),
                       "the logits of 2 images and 10 classes do not fit 19 numbers",
                       ArgumentError);
  CHECK_THROWS_AS(classifier.classify_into({}, logits), ArgumentError);
  CHECK_NOTHROW(classifier.classify_into({}, {}));
  CHECK(classifier.submitted() == 0);
}
