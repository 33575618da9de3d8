#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gfnet/gfnet.h"
#include "image/geometry.h"
#include "reference/preprocess.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/shared_files.h"

using namespace gfnet;
using gfnet::test::Random;

namespace {

ClassifierOptions options() {
  ClassifierOptions o;
  o.device = test::wanted_device();
  o.validation = test::wants_validation();
  return o;
}

Model small_model() { return Model::load(test::reference_file("flat-8x8-32px.pth")); }

Image random_image(Random& random, std::uint32_t width, std::uint32_t height) {
  Image image{width, height, {}};
  for (std::uint32_t i = 0; i < 3 * width * height; ++i) {
    image.rgb.push_back(static_cast<std::uint8_t>(random.integer(0, 255)));
  }
  return image;
}

void check_silent(const Classifier& classifier) {
  for (const std::string& message : classifier.validation_messages()) FAIL_CHECK(message);
}

}  // namespace

TEST_CASE("pictures of any size: preprocessing, then the network on what it gave") {
  Random random;
  CAPTURE(random.seed());
  Classifier classifier(small_model(), options());
  const std::vector<Image> images{random_image(random, 32, 32), random_image(random, 1, 1),
                                  random_image(random, 500, 375), random_image(random, 86, 108),
                                  random_image(random, 3000, 1)};
  const auto results = classifier.classify(images);
  const auto tensor = classifier.preprocess(images);
  const auto from_tensor = classifier.classify_tensor(tensor);
  REQUIRE(results.size() == images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    CAPTURE(i);
    CHECK(results[i].logits == from_tensor[i].logits);
    // Alone, a picture gets the same logits.
    CHECK(classifier.classify({&images[i], 1}).front().logits == results[i].logits);

    // The device's preprocessing is the scalar twin's to one step of 8 bits.
    const ModelDescription& d = classifier.model().description();
    const auto expected = reference::preprocess(
        images[i],
        image::resize_geometry({images[i].height, images[i].width}, {32, 32}, d.crop_ratio),
        {d.mean, d.std});
    float worst = 0;
    for (std::size_t e = 0; e < expected.size(); ++e) {
      worst = std::max(worst, std::abs(expected[e] - tensor[i * expected.size() + e]));
    }
    CHECK(worst <= 1.001f / 255.0f / *std::ranges::min_element(d.std));
  }
  check_silent(classifier);
}

TEST_CASE("a model at another resolution: asked for either way, and back to its own bits") {
  Random random;
  CAPTURE(random.seed());
  const Model native = small_model();
  const Model larger = native.at({48, 64});
  CHECK(larger.description().image_height == 48);
  CHECK(larger.description().image_width == 64);
  CHECK(larger.description().stages[0].grid_width == 2 * native.description().stages[0].grid_width);

  ClassifierOptions sized = options();
  sized.image_size = ImageSize{48, 64};
  Classifier by_option(native, sized);
  Classifier by_model(larger, options());
  const std::vector<float> tensor = random.normal(3 * 48 * 64);
  CHECK(by_option.classify_tensor(tensor).front().logits ==
        by_model.classify_tensor(tensor).front().logits);
  CHECK(by_option.model().description().image_width == 64);

  // By way of another size or not: what is interpolated is always the file's own.
  Classifier back(larger.at({16, 16}).at({32, 32}), options());
  Classifier plain(native, options());
  const std::vector<float> small = random.normal(3 * 32 * 32);
  CHECK(back.classify_tensor(small).front().logits == plain.classify_tensor(small).front().logits);

  CHECK_THROWS_AS(native.at({33, 32}), ArgumentError);
  for (const Classifier* classifier : {&by_option, &by_model, &back, &plain}) {
    check_silent(*classifier);
  }
}

TEST_CASE("predictions are the softmax of the logits, labelled, most probable first") {
  Random random;
  Model model = small_model();
  std::vector<std::string> labels;
  for (int i = 0; i < 10; ++i) labels.push_back("label " + std::to_string(i));
  model.set_labels(labels);
  ClassifierOptions o = options();
  o.top_k = 100;  // more than there are classes
  Classifier classifier(model, o);
  const Image image = random_image(random, 40, 50);
  const Classification result = classifier.classify({&image, 1}).front();
  REQUIRE(result.top.size() == 10);
  double sum = 0;
  for (float logit : result.logits) sum += std::exp(static_cast<double>(logit));
  for (std::size_t i = 0; i < result.top.size(); ++i) {
    const Prediction& p = result.top[i];
    const double logit = result.logits[static_cast<std::size_t>(p.index)];
    CHECK(p.probability == doctest::Approx(std::exp(logit) / sum).epsilon(1e-5));
    CHECK(p.label == labels[static_cast<std::size_t>(p.index)]);
    if (i > 0) CHECK(p.probability <= result.top[i - 1].probability);
  }
}

TEST_CASE("a grey model takes colour pictures") {
  Random random;
  Classifier classifier(Model::load(test::reference_file("flat-15x16-rectangular-gray.pth")),
                        options());
  const Image image = random_image(random, 300, 200);
  CHECK(classifier.preprocess({&image, 1}).size() == 240 * 256);
  CHECK(classifier.classify({&image, 1}).front().logits.size() == 2);
  check_silent(classifier);
}

TEST_CASE("wrong calls are refused") {
  Classifier classifier(small_model(), options());
  CHECK(classifier.classify({}).empty());
  CHECK(classifier.classify_tensor({}).empty());
  CHECK_THROWS_AS(classifier.classify_tensor(std::vector<float>(17)), Error);
  Model model = small_model();
  CHECK_THROWS_AS(model.set_labels({"only one"}), Error);
  ClassifierOptions none = options();
  none.top_k = 0;
  CHECK_THROWS_AS(Classifier(model, none), Error);
  ClassifierOptions unknown = options();
  unknown.device = "no such device";
  CHECK_THROWS_AS(Classifier(model, unknown), NoDeviceError);
  ClassifierOptions half = options();
  half.precision = Precision::kFp16;
  if (classifier.device().fp16_storage) {
    CHECK(Classifier(model, half).precision() == Precision::kFp16);
  } else {
    CHECK_THROWS_WITH_AS(Classifier(model, half), doctest::Contains("16-bit storage buffers) on "),
                         UnsupportedError);
  }
}

TEST_CASE("caches: used when sound, rebuilt when damaged, done without when unwritable") {
  Random random;
  const auto directory = std::filesystem::temp_directory_path() /
                         ("gfnet-cache-test-" + std::to_string(random.seed()));
  const Image image = random_image(random, 32, 32);
  const auto logits = [&](const std::filesystem::path& cache) {
    ClassifierOptions o = options();
    o.cache_directory = cache;
    o.image_size = ImageSize{4 * 34, 4 * 34};  // a grid of 34: VkFFT has plans to keep
    Classifier classifier(small_model(), o);
    auto result = classifier.classify({&image, 1}).front().logits;
    check_silent(classifier);
    return result;
  };
  const auto first = logits(directory);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    files += entry.is_regular_file();
  CHECK(files >= 2);  // pipelines, and a VkFFT plan
  CHECK(logits(directory) == first);
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const auto size = entry.file_size();
    if (size % 2 == 0) {
      std::filesystem::resize_file(entry.path(), size / 2);
    } else {
      std::fstream file(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
      file.seekp(static_cast<std::streamoff>(size / 2));
      file << "damage";
    }
  }
  CHECK(logits(directory) == first);
  CHECK(logits("/proc/nowhere") == first);
  std::filesystem::remove_all(directory);
}

TEST_CASE("the plan of a batch is described for people and machines") {
  Classifier classifier(small_model(), options());
  CHECK(classifier.plan_text(3).find("batch 3") != std::string::npos);
  CHECK(classifier.plan_json(3).find("\"batch\": 3") != std::string::npos);
}

TEST_CASE("the devices listed include the one the tests run on") {
  const auto devices = list_devices();
  REQUIRE(!devices.empty());
  CHECK(std::ranges::count_if(devices, &DeviceDescription::is_default) == 1);
  CHECK(std::ranges::any_of(devices, [](const DeviceDescription& d) {
    return d.name.find(test::wanted_device()) != std::string::npos;
  }));
}
