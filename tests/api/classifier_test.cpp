#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "gfnet/gfnet.h"
#include "image/geometry.h"
#include "reference/preprocess.h"
#include "support/classifier_options.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/random_image.h"
#include "support/reference_files.h"
#include "vulkan/object_count.h"

using namespace gfnet;
using gfnet::test::check_silent;
using gfnet::test::classifier_options;
using gfnet::test::Random;
using gfnet::test::random_image;

namespace {

Model small_model() { return Model::load(test::reference_file("flat-8x8-32px.pth")); }

}  // namespace

TEST_CASE("images of any size: classify equals preprocess and then classify_tensor") {
  Random random;
  CAPTURE(random.seed());
  Classifier classifier(small_model(), classifier_options());
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
    // An image alone gets the same logits.
    CHECK(classifier.classify({&images[i], 1}).front().logits == results[i].logits);

    // The device's preprocessing matches the scalar reference to one 8-bit step.
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

TEST_CASE("views of images: the results of the same pixels as RGB without gaps") {
  Random random;
  CAPTURE(random.seed());
  Classifier classifier(small_model(), classifier_options());
  const std::vector<Image> images{random_image(random, 61, 47), random_image(random, 40, 33)};
  // BGRA with 5 bytes after each row.
  std::vector<std::vector<std::uint8_t>> bytes;
  std::vector<ImageView> views;
  for (const Image& image : images) {
    const std::size_t stride = 4 * image.width + 5;
    std::vector<std::uint8_t>& pixels = bytes.emplace_back(stride * image.height);
    for (std::uint8_t& byte : pixels) byte = static_cast<std::uint8_t>(random.integer(0, 255));
    for (std::size_t i = 0; i < image.rgb.size(); ++i) {
      const std::size_t pixel = i / 3;
      pixels[pixel / image.width * stride + pixel % image.width * 4 + 2 - i % 3] = image.rgb[i];
    }
    views.push_back({pixels.data(), image.width, image.height, stride, PixelFormat::kBgra});
  }
  const auto expected = classifier.classify(images);
  const auto check = [&](const std::vector<Classification>& results) {
    REQUIRE(results.size() == images.size());
    for (std::size_t i = 0; i < images.size(); ++i) {
      CHECK(results[i].logits == expected[i].logits);
    }
  };
  check(classifier.classify(views));
  check(classifier.classify({views[0], views[1]}));
  check(classifier.classify({images[0], views[1]}));
  classifier.submit(views);
  check(classifier.collect());
  classifier.submit({views[0], views[1]});
  check(classifier.collect());
  CHECK(classifier.preprocess(views) == classifier.preprocess(images));
  CHECK(classifier.preprocess({views[0], views[1]}) == classifier.preprocess(images));

  // Invalid images are refused by index, and the classifier can be used afterwards.
  std::vector<ImageView> invalid = views;
  invalid[1].row_stride = 4 * images[1].width - 1;
  std::vector<Image> short_of_bytes = images;
  short_of_bytes[1].rgb.pop_back();
  const auto refusal = doctest::Contains("images[1]: ");
  CHECK_THROWS_WITH_AS(classifier.classify(invalid), refusal, ArgumentError);
  CHECK_THROWS_WITH_AS(classifier.submit(invalid), refusal, ArgumentError);
  CHECK_THROWS_WITH_AS(classifier.preprocess(invalid), refusal, ArgumentError);
  CHECK_THROWS_WITH_AS(classifier.classify(short_of_bytes), refusal, ArgumentError);
  CHECK_THROWS_WITH_AS(classifier.submit(short_of_bytes), refusal, ArgumentError);
  CHECK_THROWS_WITH_AS(classifier.preprocess(short_of_bytes), refusal, ArgumentError);
  CHECK(classifier.submitted() == 0);
  check(classifier.classify(views));
  check_silent(classifier);
}

TEST_CASE("a model at another resolution: by option or by model, and back to the native bits") {
  Random random;
  CAPTURE(random.seed());
  const Model native = small_model();
  const Model larger = native.at({48, 64});
  CHECK(larger.description().image_height == 48);
  CHECK(larger.description().image_width == 64);
  CHECK(larger.description().stages[0].grid_width == 2 * native.description().stages[0].grid_width);

  ClassifierOptions sized = classifier_options();
  sized.image_size = ImageSize{48, 64};
  Classifier by_option(native, sized);
  Classifier by_model(larger, classifier_options());
  const std::vector<float> tensor = random.normal(3 * 48 * 64);
  CHECK(by_option.classify_tensor(tensor).front().logits ==
        by_model.classify_tensor(tensor).front().logits);
  CHECK(by_option.model().description().image_width == 64);

  // Interpolation always starts from the file's own tensors, even after another size.
  Classifier back(larger.at({16, 16}).at({32, 32}), classifier_options());
  Classifier plain(native, classifier_options());
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
  ClassifierOptions o = classifier_options();
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

TEST_CASE("sigmoid scores: the logistic function of each logit, in the order of softmax") {
  Random random;
  CAPTURE(random.seed());
  ClassifierOptions o = classifier_options();
  o.top_k = 100;
  Classifier softmax(small_model(), o);
  o.scores = Scores::kSigmoid;
  Classifier sigmoid(small_model(), o);
  const Image image = random_image(random, 40, 50);
  const Classification expected = softmax.classify({&image, 1}).front();
  const Classification result = sigmoid.classify({&image, 1}).front();
  CHECK(result.logits == expected.logits);
  REQUIRE(result.top.size() == expected.top.size());
  for (std::size_t i = 0; i < result.top.size(); ++i) {
    const Prediction& p = result.top[i];
    CHECK(p.index == expected.top[i].index);
    const double logit = result.logits[static_cast<std::size_t>(p.index)];
    // Half a unit of the last place of a float, and the rounding in double.
    CHECK(p.probability == doctest::Approx(1 / (1 + std::exp(-logit))).epsilon(6.1e-8));
  }
}

TEST_CASE("a grey model accepts colour images") {
  Random random;
  Classifier classifier(Model::load(test::reference_file("flat-15x16-rectangular-gray.pth")),
                        classifier_options());
  const Image image = random_image(random, 300, 200);
  CHECK(classifier.preprocess({&image, 1}).size() == 120 * 96);
  CHECK(classifier.classify({&image, 1}).front().logits.size() == 2);
  check_silent(classifier);
}

TEST_CASE("devices and precisions that there are not are refused") {
  Classifier classifier(small_model(), classifier_options());
  const Model model = small_model();
  ClassifierOptions unknown = classifier_options();
  unknown.device = "no such device";
  CHECK_THROWS_AS(Classifier(model, unknown), NoDeviceError);
  ClassifierOptions half = classifier_options();
  half.precision = Precision::kFp16;
  if (classifier.device().fp16_storage) {
    CHECK(Classifier(model, half).precision() == Precision::kFp16);
  } else {
    const std::string message =
        "not supported on " + classifier.device().name + ": half precision (16-bit storage buffers)";
    CHECK_THROWS_WITH_AS(Classifier(model, half), message.c_str(), UnsupportedError);
  }
}

TEST_CASE("a batch that has run once creates no more Vulkan objects") {
  Random random;
  CAPTURE(random.seed());
  // VkFFT transforms the second grid, 34×34: it is too large for the fused kernel, and 34 does not
  // split into two factors of at most 16.
  for (const std::int64_t side : {32, 4 * 34}) {
    CAPTURE(side);
    ClassifierOptions sized = classifier_options();
    sized.image_size = ImageSize{side, side};
    Classifier classifier(small_model(), sized);
    classifier.prepare(3);
    // The best kernels for one large image and for three may need two layouts of the weights, which
    // then replace each other on the device. For small images they share one layout.
    const bool takes_turns = classifier.model().description().image_height > 32;
    const auto images_of = [&](std::uint32_t side_of_first) {
      return std::vector<Image>{random_image(random, side_of_first, side_of_first),
                                random_image(random, 32, 32), random_image(random, 300, 200)};
    };
    const auto run_all = [&](std::uint32_t side_of_first) {
      const std::vector<Image> images = images_of(side_of_first);
      const std::vector<float> tensor = classifier.preprocess(images);
      const vulkan::ObjectCount before = vulkan::object_count();
      const auto results = classifier.classify(images);
      if (!takes_turns) {
        CHECK(classifier.classify({&images[2], 1}).front().logits == results[2].logits);
      }
      const auto from_tensor = classifier.classify_tensor(tensor);
      CHECK(from_tensor[0].logits == results[0].logits);
      const vulkan::ObjectCount after = vulkan::object_count();
      return vulkan::ObjectCount{after.objects - before.objects,
                                 after.descriptor_sets - before.descriptor_sets};
    };
    CHECK(run_all(400).descriptor_sets > 0);
    for (int run = 0; run < 3; ++run) CHECK(run_all(400) == vulkan::ObjectCount{});
    // Other image sizes run the same commands.
    CHECK(run_all(399) == vulkan::ObjectCount{});
    CHECK(run_all(123) == vulkan::ObjectCount{});
    CHECK(run_all(400) == vulkan::ObjectCount{});
    // When the images' memory grows, commands for the old memory are recorded again: two dispatches
    // for all images, and one more on a device with memory of its own.
    const std::uint64_t sets = run_all(500).descriptor_sets;
    const std::uint64_t recordings = takes_turns ? 1 : 2;
    CHECK((sets == 2 * recordings || sets == 3 * recordings));
    for (int run = 0; run < 3; ++run) CHECK(run_all(500) == vulkan::ObjectCount{});
    check_silent(classifier);
  }
}

TEST_CASE("batches in flight: results in order and unchanged, with other calls in between") {
  Random random;
  CAPTURE(random.seed());
  Classifier classifier(small_model(), classifier_options());
  std::vector<std::vector<Image>> batches;
  std::vector<std::vector<Classification>> expected;
  // More batches than slots, with batch sizes not yet prepared, and images that need more memory.
  for (const std::uint32_t count : {2u, 2u, 1u, 3u, 2u}) {
    std::vector<Image> images;
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto side = static_cast<std::uint32_t>(40 * (batches.size() + 1));
      images.push_back(random_image(random, side, side + i));
    }
    expected.push_back(classifier.classify(images));
    batches.push_back(std::move(images));
  }
  Classifier fresh(small_model(), classifier_options());
  CHECK(!fresh.ready());
  const auto check_collected = [&](const std::vector<Classification>& want) {
    const auto results = fresh.collect();
    REQUIRE(results.size() == want.size());
    for (std::size_t i = 0; i < want.size(); ++i) {
      CHECK(results[i].logits == want[i].logits);
      CHECK(results[i].top.front().probability == want[i].top.front().probability);
    }
  };
  for (int round = 0; round < 2; ++round) {
    for (const auto& images : batches) fresh.submit(std::vector<Image>(images));
    CHECK(fresh.submitted() == batches.size());
    for (std::size_t i = 0; i < batches.size(); ++i) {
      // Other calls in between do not wait for their turn.
      const std::vector<Image>& other = batches[(i + 1) % batches.size()];
      const auto& other_expected = expected[(i + 1) % batches.size()];
      CHECK(fresh.classify(other).front().logits == other_expected.front().logits);
      const auto from_tensor = fresh.classify_tensor(fresh.preprocess(other));
      CHECK(from_tensor.back().logits == other_expected.back().logits);
      check_collected(expected[i]);
    }
    CHECK(fresh.submitted() == 0);
  }
  fresh.submit(batches[0]);
  while (!fresh.ready()) {
  }
  check_collected(expected[0]);
  fresh.submit(batches[3]);  // not collected: the destructor waits for it
  check_silent(fresh);
}

TEST_CASE("batches in flight that have run once create no more Vulkan objects") {
  Random random;
  Classifier classifier(small_model(), classifier_options());
  const std::vector<Image> images{random_image(random, 70, 50), random_image(random, 32, 32)};
  const auto run = [&] {
    classifier.submit(images);
    for (int batch = 0; batch < 4; ++batch) {
      classifier.submit(images);
      classifier.collect();
    }
    classifier.collect();
  };
  run();
  const vulkan::ObjectCount before = vulkan::object_count();
  run();
  CHECK(vulkan::object_count() == before);
  check_silent(classifier);
}

TEST_CASE("a batch of images too large to upload at once") {
  Random random;
  Classifier classifier(small_model(), classifier_options());
  // The first two have 75 MB each. Their rows repeat, so that they are made quickly.
  std::vector<Image> images{{25'000, 1000, {}}, {5000, 5000, {}}, random_image(random, 50, 60)};
  for (std::size_t i = 0; i < 2; ++i) {
    const Image tile = random_image(random, 5000, 1);
    for (std::uint32_t row = 0; row < 5000; ++row) {
      images[i].rgb.insert(images[i].rgb.end(), tile.rgb.begin(), tile.rgb.end());
    }
  }
  classifier.submit(images);
  const auto again = classifier.classify(images);
  const auto results = classifier.collect();
  for (std::size_t i = 0; i < images.size(); ++i) {
    CAPTURE(i);
    CHECK(results[i].logits == again[i].logits);
    CHECK(results[i].logits == classifier.classify({&images[i], 1}).front().logits);
  }
  check_silent(classifier);
}

TEST_CASE("the plan of a batch is available as text and JSON") {
  Classifier classifier(small_model(), classifier_options());
  CHECK(classifier.plan_text(3).find("batch 3") != std::string::npos);
  CHECK(classifier.plan_json(3).find("\"batch\": 3") != std::string::npos);
}

TEST_CASE("list_devices includes the device that the tests run on") {
  const auto devices = list_devices();
  REQUIRE(!devices.empty());
  CHECK(std::ranges::count_if(devices, &DeviceDescription::is_default) == 1);
  CHECK(std::ranges::any_of(devices, [](const DeviceDescription& d) {
    return d.name.find(test::wanted_device()) != std::string::npos;
  }));
  for (const DeviceDescription& d : devices) {
    CAPTURE(d.uuid);
    CHECK(std::ranges::count(d.uuid, '-') == 4);
    CHECK(d.uuid.size() == 36);
    CHECK(d.vendor_id != 0);
    if (d.type == "cpu") CHECK(d.pci_address.empty());
  }
}
