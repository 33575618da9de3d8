#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "c/c_arguments.h"
#include "c/c_classifier.h"
#include "c/c_errors.h"
#include "c/c_image.h"
#include "c/c_structs.h"
#include "gfnet/c/results.h"

using namespace gfnet::c;

/// Never changes, so that threads can share it.
struct gfnet_results {
  explicit gfnet_results(std::vector<gfnet::Classification> results) : of(std::move(results)) {
    for (const gfnet::Classification& result : of) {
      std::vector<gfnet_prediction>& predictions = top.emplace_back();
      for (const gfnet::Prediction& prediction : result.top) {
        predictions.push_back({prediction.index, prediction.label.c_str(),
                               prediction.short_label.c_str(), prediction.synset.c_str(),
                               prediction.probability});
      }
    }
  }
  gfnet_results(const gfnet_results&) = delete;
  gfnet_results& operator=(const gfnet_results&) = delete;

  const std::vector<gfnet::Classification> of;
  /// For each image, its predictions, which point to the text in `of`.
  std::vector<std::vector<gfnet_prediction>> top;
};

namespace gfnet::c {
namespace {

/// The results of one decoded image.
gfnet_results* classified(gfnet_classifier& classifier, const Image& image) {
  return new gfnet_results(classifier.alone(
      [&](Classifier& alone) { return alone.classify(std::span<const Image>(&image, 1)); }));
}

/// Throws ArgumentError if the features of `images` images do not fit `numbers` numbers.
void check_features(const gfnet_classifier& classifier, std::size_t images, std::size_t numbers) {
  if (!classifier.has_features) {
    throw ArgumentError("features need a classifier with gfnet_classifier_options::features");
  }
  const auto each = static_cast<std::size_t>(classifier.model.description().stages.back().channels);
  if (numbers / each != images || numbers % each != 0) {
    throw ArgumentError("the features of " + std::to_string(images) + " images, " +
                        std::to_string(each) + " each, do not fit " + std::to_string(numbers) +
                        " numbers");
  }
}

gfnet_result result_of(const gfnet_results& results, std::size_t index) {
  const Classification& of = results.of[index];
  gfnet_result result{};
  result.top = results.top[index].data();
  result.top_count = results.top[index].size();
  result.logits = of.logits.data();
  result.logit_count = of.logits.size();
  result.features = of.features.data();
  result.feature_count = of.features.size();
  result.fault = fault_of(of);
  return result;
}

}  // namespace
}  // namespace gfnet::c

gfnet_error* gfnet_classify(gfnet_classifier* classifier, const gfnet_pixels* images, size_t count,
                            gfnet_results** results) noexcept {
  return guarded([&] {
    gfnet_results*& result = result_in(results, "results");
    gfnet_classifier& with = required(classifier, "classifier");
    const std::vector<gfnet::ImageView> views = views_of(images, count);
    result = new gfnet_results(
        with.alone([&](gfnet::Classifier& alone) { return alone.classify(views); }));
  });
}

gfnet_error* gfnet_classify_file(gfnet_classifier* classifier, const char* path,
                                 const gfnet_image_options* options,
                                 gfnet_results** results) noexcept {
  return guarded([&] {
    gfnet_results*& result = result_in(results, "results");
    gfnet_classifier& with = required(classifier, "classifier");
    result = classified(with, read_image(path, classifier, options));
  });
}

gfnet_error* gfnet_classify_memory(gfnet_classifier* classifier, const void* bytes, size_t size,
                                   const char* name, const gfnet_image_options* options,
                                   gfnet_results** results) noexcept {
  return guarded([&] {
    gfnet_results*& result = result_in(results, "results");
    gfnet_classifier& with = required(classifier, "classifier");
    result = classified(with, read_image(bytes_of(bytes, size), name, classifier, options));
  });
}

gfnet_error* gfnet_logits_into(gfnet_classifier* classifier, const gfnet_pixels* images,
                               size_t count, float* logits, size_t numbers) noexcept {
  return guarded([&] {
    gfnet_classifier& with = required(classifier, "classifier");
    const std::vector<gfnet::ImageView> views = views_of(images, count);
    const std::span<float> to = array(logits, numbers, "logits");
    with.alone([&](gfnet::Classifier& alone) { alone.classify_into(views, to); });
  });
}

gfnet_error* gfnet_features_into(gfnet_classifier* classifier, const gfnet_pixels* images,
                                 size_t count, float* features, size_t numbers) noexcept {
  return guarded([&] {
    gfnet_classifier& with = required(classifier, "classifier");
    const std::vector<gfnet::ImageView> views = views_of(images, count);
    const std::span<float> to = array(features, numbers, "features");
    check_features(with, count, numbers);
    std::ranges::copy(with.alone([&](gfnet::Classifier& alone) { return alone.features(views); }),
                      to.begin());
  });
}

gfnet_error* gfnet_results_get(const gfnet_results* results, size_t index,
                               gfnet_result* result) noexcept {
  return guarded([&] {
    const std::size_t count = required(results, "results").of.size();
    if (index >= count) {
      throw gfnet::ArgumentError("index is " + std::to_string(index) + ", but there are " +
                                 std::to_string(count) + " results");
    }
    give(result_of(*results, index), result, GFNET_SIZE_WITH(gfnet_result, fault), "result");
  });
}

void gfnet_results_free(gfnet_results* results) noexcept { delete results; }
