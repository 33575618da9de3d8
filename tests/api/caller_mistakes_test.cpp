// Mistakes of the caller are ArgumentErrors; a list without images is none.
#include <doctest/doctest.h>

#include <limits>
#include <type_traits>

#include "gfnet/benchmark.h"
#include "gfnet/compiled.h"
#include "gfnet/gfnet.h"
#include "gfnet/interop.h"
#include "gfnet/scaling.h"
#include "support/classifier_options.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/random_image.h"
#include "support/reference_files.h"

using namespace gfnet;
using gfnet::test::classifier_options;
using gfnet::test::Random;

namespace {

const std::filesystem::path kFile = test::reference_file("flat-8x8-32px.pth");

// Nothing becomes a device, or a file that is loaded for one, without being asked.
static_assert(!std::is_convertible_v<Model, Classifier>);
static_assert(!std::is_convertible_v<std::filesystem::path, Benchmark>);
static_assert(!std::is_convertible_v<ClassifierOptions, ScalingBenchmark>);
static_assert(!std::is_convertible_v<SharedDeviceOptions, SharedDevice>);
static_assert(!std::is_convertible_v<SharedDevice, FrameUploader>);

}  // namespace

TEST_CASE("batch sizes below 1 are refused by every member that takes one") {
  Classifier classifier(Model::load(kFile), classifier_options());
  for (const std::int64_t batch : {0, -1}) {
    CAPTURE(batch);
    CHECK_THROWS_AS(classifier.prepare(batch), ArgumentError);
    CHECK_THROWS_AS(classifier.check_batch(batch), ArgumentError);
    CHECK_THROWS_AS(classifier.plan_text(batch), ArgumentError);
    CHECK_THROWS_AS(classifier.plan_json(batch), ArgumentError);
    CHECK_THROWS_AS(classifier.compile_plan(batch), ArgumentError);
  }
}

TEST_CASE("tensors that are not whole images, and results that nobody asked for, are refused") {
  Classifier classifier(Model::load(kFile), classifier_options());
  for (const std::size_t elements : {1u, 3 * 32 * 32 - 1u, 3 * 32 * 32 + 1u}) {
    CHECK_THROWS_AS(classifier.classify_tensor(std::vector<float>(elements)), ArgumentError);
  }
  CHECK_THROWS_AS(classifier.collect(), ArgumentError);
  CHECK(classifier.submitted() == 0);
}

TEST_CASE("options that fit no model, or not this one, are refused") {
  const Model model = Model::load(kFile);
  const auto refuses = [&](const ClassifierOptions& o) {
    CHECK_THROWS_AS(Classifier(model, o), ArgumentError);
    CHECK_THROWS_AS(Benchmark(kFile, o), ArgumentError);
  };
  for (const std::int64_t top_k : {0, -5}) {
    ClassifierOptions o = classifier_options();
    o.top_k = top_k;
    refuses(o);
    CHECK_THROWS_AS(ScalingBenchmark{o}, ArgumentError);
  }
  for (const int number : {-1, 3}) {
    ClassifierOptions o = classifier_options();
    o.precision = static_cast<Precision>(number);
    refuses(o);
    o = classifier_options();
    o.tuning = static_cast<Tuning>(number);
    refuses(o);
    o = classifier_options();
    o.scores = static_cast<Scores>(number);
    refuses(o);
  }
  ClassifierOptions sized = classifier_options();
  sized.image_size = ImageSize{32, 33};
  refuses(sized);
  ClassifierOptions of_class = classifier_options();
  of_class.explain.class_maps = true;
  of_class.explain.class_index = 10;
  refuses(of_class);
  ClassifierOptions of_layer = classifier_options();
  of_layer.explain.layer = -1;
  refuses(of_layer);
  CHECK_THROWS_AS(layer_filter(model, 1000), ArgumentError);
}

TEST_CASE("the start-up is measured first or not at all; grids have tokens") {
  Benchmark benchmark(kFile, classifier_options());
  CHECK_THROWS_AS(benchmark.time(0, {.runs = 1}), ArgumentError);
  for (const MeasurementBudget& budget :
       {MeasurementBudget{.runs = -1}, MeasurementBudget{.seconds = -1},
        MeasurementBudget{.seconds = std::numeric_limits<double>::quiet_NaN()},
        MeasurementBudget{.seconds = std::numeric_limits<double>::infinity()}}) {
    CHECK_THROWS_AS(benchmark.time(1, budget), ArgumentError);
  }
  benchmark.time(1, {.runs = 1});
  CHECK_THROWS_AS(benchmark.startup(1), ArgumentError);
  if (!benchmark.device().timestamps) return;
  ScalingBenchmark scaling(classifier_options());
  CHECK_THROWS_AS(scaling.spectral({0}, 1, {.runs = 1}), ArgumentError);
  CHECK_THROWS_AS(scaling.block(-4, 1, {.runs = 1}), ArgumentError);
  CHECK(scaling.spectral({}, 1, {.runs = 1}).empty());
}

TEST_CASE("a list without images gives no results, whichever way it is run") {
  Random random;
  CAPTURE(random.seed());
  Classifier classifier(Model::load(kFile), classifier_options());
  CHECK(classifier.classify({}).empty());
  CHECK(classifier.classify_tensor({}).empty());
  CHECK(classifier.preprocess({}).empty());
  CHECK(classifier.submitted() == 0);

  classifier.submit({});
  CHECK(classifier.submitted() == 1);
  CHECK(classifier.ready());
  CHECK(classifier.collect().empty());
  CHECK(!classifier.ready());

  // In their turn between other batches, more of them than the device takes at a time.
  std::vector<std::vector<Image>> batches;
  for (int i = 0; i < 12; ++i) {
    std::vector<Image>& images = batches.emplace_back();
    const std::int64_t count = random.integer(0, 2);
    for (std::int64_t j = 0; j < count; ++j) {
      images.push_back(test::random_image(random, 40, static_cast<std::uint32_t>(30 + i)));
    }
    classifier.submit(images);
  }
  CHECK(classifier.submitted() == batches.size());
  for (const std::vector<Image>& images : batches) {
    const auto results = classifier.collect();
    REQUIRE(results.size() == images.size());
    const auto expected = classifier.classify(images);
    for (std::size_t i = 0; i < images.size(); ++i) CHECK(results[i].logits == expected[i].logits);
  }
  CHECK_THROWS_AS(classifier.collect(), ArgumentError);
  for (const std::string& message : classifier.validation_messages()) FAIL_CHECK(message);
}
