// Features: the mean over the last tokens, before the head.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "gfnet/gfnet.h"
#include "model/build_graph.h"
#include "model/model_contents.h"
#include "reference/interpreter.h"
#include "support/classifier_options.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/expanded.h"
#include "support/random.h"
#include "support/random_image.h"
#include "support/reference_files.h"
#include "support/rounding.h"
#include "vulkan/object_count.h"

using namespace gfnet;
using gfnet::test::check_silent;
using gfnet::test::Random;
using gfnet::test::random_tensor;

namespace {

/// Flat and pyramid, even, odd and rectangular grids, one channel, one logit.
constexpr const char* kModels[] = {"flat-8x8-32px", "flat-15x15-gray-1logit",
                                   "flat-15x16-rectangular-gray", "pyramid-no-layerscale"};

ClassifierOptions options(Precision precision = Precision::kFp32) {
  ClassifierOptions o = test::classifier_options();
  o.precision = precision;
  return o;
}

ClassifierOptions with_features(Precision precision = Precision::kFp32) {
  ClassifierOptions o = options(precision);
  o.features = true;
  return o;
}

Model load(const std::string& name) { return Model::load(test::reference_file(name + ".pth")); }

}  // namespace

TEST_CASE(
    "features match PyTorch and the scalar reference, and the head makes the logits of them") {
  Random random;
  CAPTURE(random.seed());
  for (const char* name : kModels) {
    CAPTURE(name);
    const Model model = load(name);
    const model::Contents& contents = model::contents_of(model);
    const auto channels = static_cast<std::size_t>(model.description().stages.back().channels);
    const auto graph = model::build_graph(contents.checkpoint, contents.config, 1,
                                          {false, {}, {}, /*features=*/true});
    const std::vector<float> tensor = random_tensor(model, 1, random);
    std::vector<double> expected = reference::interpret(graph, test::widen(tensor)).back();
    const auto gamma = contents.checkpoint.at("norm.weight").to_f32();
    const auto beta = contents.checkpoint.at("norm.bias").to_f32();
    for (std::size_t c = 0; c < channels; ++c) expected[c] = expected[c] * gamma[c] + beta[c];

    Classifier classifier(model, with_features());
    const Classification result = classifier.classify_tensor(tensor).front();
    REQUIRE(result.features.size() == channels);
    CHECK(test::relative_error(result.features, expected) <=
          selfcheck::network_bound(test::expanded(graph)));

    const NpyArray input = read_npy(test::reference_file(std::string(name) + ".input.npy"));
    const NpyArray of_pytorch = read_npy(test::reference_file(std::string(name) + ".features.npy"));
    std::vector<float> features;
    for (const Classification& each : classifier.classify_tensor(input.values)) {
      features.insert(features.end(), each.features.begin(), each.features.end());
    }
    CHECK(of_pytorch.shape == Shape{input.shape[0], static_cast<std::int64_t>(channels)});
    CHECK(test::relative_error(features, test::widen(of_pytorch.values)) <= 1e-5);

    // Independent of the graph: logits = W·features + b.
    const auto weight = contents.checkpoint.at("head.weight").to_f32();
    const auto bias = contents.checkpoint.at("head.bias").to_f32();
    for (std::size_t o = 0; o < bias.size(); ++o) {
      double logit = bias[o];
      double magnitude = std::abs(bias[o]);
      for (std::size_t c = 0; c < channels; ++c) {
        const double product = static_cast<double>(weight[o * channels + c]) * result.features[c];
        logit += product;
        magnitude += std::abs(product);
      }
      CHECK(std::abs(logit - static_cast<double>(result.logits[o])) <= 1e-5 * magnitude);
    }
    check_silent(classifier);
  }
}

TEST_CASE("results keep their bits with features, also in half precision and with explanations") {
  Random random;
  CAPTURE(random.seed());
  for (const char* name : kModels) {
    CAPTURE(name);
    const Model model = load(name);
    const std::vector<float> tensor = random_tensor(model, 3, random);
    std::vector<std::vector<float>> features_of;
    for (const Precision precision : {Precision::kFp32, Precision::kFp16}) {
      std::optional<Classifier> plain(std::in_place, model, options());
      if (precision == Precision::kFp16) {
        if (!plain->device().fp16_storage) continue;
        plain.emplace(model, options(precision));
      }
      ClassifierOptions all = with_features(precision);
      all.explain.class_maps = true;
      all.explain.layer = 0;
      Classifier explained(model, all);
      Classifier with(model, with_features(precision));
      const auto expected = plain->classify_tensor(tensor);
      const auto results = with.classify_tensor(tensor);
      const auto explanations = explained.classify_tensor(tensor);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(expected[i].features.empty());
        CHECK(results[i].logits == expected[i].logits);
        CHECK(results[i].top.front().probability == expected[i].top.front().probability);
        CHECK(explanations[i].logits == expected[i].logits);
        CHECK(explanations[i].features == results[i].features);
        CHECK(explanations[i].class_maps.size() == explanations[i].top.size());
        CHECK(explanations[i].spectrum);
      }
      features_of.push_back(results.back().features);
      check_silent(with);
      check_silent(explained);
    }
    // Eleven bits of a half, through a few dozen roundings.
    if (features_of.size() == 2) {
      CHECK(test::relative_error(features_of[1], test::widen(features_of[0])) <= 0.02);
    }
  }
}

TEST_CASE("features of images: one row for each, whatever the batch, with batches in flight") {
  Random random;
  CAPTURE(random.seed());
  const Model model = load("flat-8x8-32px");
  const auto channels = static_cast<std::size_t>(model.description().stages.back().channels);
  Classifier classifier(model, with_features());
  std::vector<Image> images;
  for (int i = 0; i < 3; ++i) {
    images.push_back(test::random_image(random, static_cast<std::uint32_t>(random.integer(1, 90)),
                                        static_cast<std::uint32_t>(random.integer(1, 90))));
  }
  classifier.submit(images);
  const std::vector<float> features = classifier.features(images);
  REQUIRE(features.size() == images.size() * channels);
  const auto collected = classifier.collect();
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto begin = features.begin() + static_cast<std::ptrdiff_t>(i * channels);
    const std::vector<float> row(begin, begin + static_cast<std::ptrdiff_t>(channels));
    CHECK(classifier.features({&images[i], 1}) == row);
    CHECK(collected[i].features == row);
  }
  CHECK(classifier.features({}).empty());

  const vulkan::ObjectCount before = vulkan::object_count();
  CHECK(classifier.features(images) == features);
  CHECK(vulkan::object_count() == before);
  check_silent(classifier);
}

TEST_CASE("features at another resolution have the same channels") {
  Random random;
  CAPTURE(random.seed());
  ClassifierOptions sized = with_features();
  sized.image_size = ImageSize{48, 64};
  Classifier classifier(load("flat-8x8-32px"), sized);
  const Image image = test::random_image(random, 50, 40);
  const auto features = classifier.features({&image, 1});
  CHECK(features.size() ==
        static_cast<std::size_t>(classifier.model().description().stages.back().channels));
  CHECK(classifier.classify({&image, 1}).front().features == features);
  check_silent(classifier);
}

TEST_CASE("features without the option are refused") {
  Classifier classifier(load("flat-8x8-32px"), options());
  const Image image{1, 1, {1, 2, 3}};
  CHECK_THROWS_WITH_AS(classifier.features({&image, 1}),
                       "features need a classifier with ClassifierOptions::features",
                       ArgumentError);
  CHECK_THROWS_AS(classifier.features({}), ArgumentError);
  CHECK(classifier.submitted() == 0);
}

TEST_CASE("a model without a head gives the same features, and nothing else") {
  Random random;
  CAPTURE(random.seed());
  // The legacy form has no checksums, so the test can change names in the file.
  const char* const name = "flat-14x14-legacy-format";
  std::ifstream file(test::reference_file(std::string(name) + ".pth"), std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  // Names of the same length that a reader passes over.
  for (const auto& [own, other] :
       {std::pair<std::string, std::string>{"head.weight", "x.total_ops"},
        {"head.bias", "x.my_mean"}}) {
    const std::size_t place = bytes.find(own);
    REQUIRE(place != std::string::npos);
    bytes.replace(place, own.size(), other);
  }
  const Model headless = Model::load(std::as_bytes(std::span(bytes)), "headless");
  REQUIRE_FALSE(headless.has_head());
  CHECK(headless.description().passed_over_count >= 2);
  const Model whole = load(name);
  const std::vector<float> tensor = random_tensor(whole, 2, random);

  Classifier classifier(headless, with_features());
  const auto results = classifier.classify_tensor(tensor);
  const auto expected = Classifier(whole, with_features()).classify_tensor(tensor);
  REQUIRE(results.size() == expected.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    CHECK(results[i].logits.empty());
    CHECK(results[i].top.empty());
    CHECK(fault_of(results[i]) == nullptr);
    CHECK(test::relative_error(results[i].features, test::widen(expected[i].features)) <= 1e-6);
  }
  const Image image = test::random_image(random, 40, 30);
  CHECK(classifier.features({image}) == classifier.classify({image}).front().features);
  std::vector<float> logits;
  CHECK_THROWS_WITH_AS(classifier.classify_into({image}, logits), doctest::Contains("no head"),
                       ArgumentError);
  check_silent(classifier);

  CHECK_THROWS_WITH_AS(Classifier(headless, options()), doctest::Contains("headless: has no head"),
                       FormatError);
  ClassifierOptions explained = with_features();
  explained.explain.class_maps = true;
  CHECK_THROWS_WITH_AS(Classifier(headless, explained), doctest::Contains("no class to explain"),
                       FormatError);
}
