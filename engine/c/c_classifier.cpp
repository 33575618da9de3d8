#include "c/c_classifier.h"

#include <utility>

#include "c/c_arguments.h"
#include "c/c_errors.h"
#include "c/c_model.h"
#include "c/c_structs.h"

using namespace gfnet::c;

gfnet_classifier::gfnet_classifier(const gfnet::Model& of, const gfnet::ClassifierOptions& options)
    : gfnet_classifier(gfnet::Classifier(of, options), options.features) {}

gfnet_classifier::gfnet_classifier(gfnet::Classifier made, bool features)
    : model(made.model()),
      device(made.device()),
      precision(made.precision()),
      default_batch(made.default_batch()),
      has_features(features),
      classifier(std::move(made)) {}

namespace gfnet::c {
namespace {

// The constants of the header are the enumerators' numbers.
static_assert(GFNET_PRECISION_FP16 == static_cast<int>(Precision::kFp16));
static_assert(GFNET_TUNING_ALWAYS == static_cast<int>(Tuning::kAlways));
static_assert(GFNET_SCORES_SIGMOID == static_cast<int>(Scores::kSigmoid));

ClassifierOptions classifier_options(const gfnet_classifier_options* given) {
  const auto known =
      options_of(given, GFNET_SIZE_WITH(gfnet_classifier_options, features), "options");
  ClassifierOptions options;
  options.device = optional_text(known.device);
  options.cache_directory = path_of(optional_text(known.cache_directory).c_str());
  if (known.image_height != 0 || known.image_width != 0) {
    options.image_size = ImageSize{known.image_height, known.image_width};
  }
  if (known.top_k != 0) options.top_k = known.top_k;
  options.precision = enumerator(known.precision, Precision::kFp16, "precision");
  options.tuning = enumerator(known.tuning, Tuning::kAlways, "tuning");
  options.scores = enumerator(known.scores, Scores::kSigmoid, "scores");
  options.features = known.features != 0;
  return options;
}

gfnet_classifier_info info_of(const gfnet_classifier& of) {
  const ModelDescription& model = of.model.description();
  gfnet_classifier_info info{};
  info.device = of.device.name.c_str();
  info.driver = of.device.driver.c_str();
  info.image_height = model.image_height;
  info.image_width = model.image_width;
  info.input_channels = model.input_channels;
  info.classes = model.classes;
  info.features = of.has_features ? model.stages.back().channels : 0;
  info.default_batch = of.default_batch;
  info.device_index = of.device.index;
  info.precision = static_cast<std::int32_t>(of.precision);
  return info;
}

}  // namespace
}  // namespace gfnet::c

gfnet_error* gfnet_classifier_create(const gfnet_model* model,
                                     const gfnet_classifier_options* options,
                                     gfnet_classifier** classifier) noexcept {
  return guarded([&] {
    gfnet_classifier*& result = result_in(classifier, "classifier");
    result = new gfnet_classifier(required(model, "model").model, classifier_options(options));
  });
}

gfnet_error* gfnet_classifier_describe(const gfnet_classifier* classifier,
                                       gfnet_classifier_info* info) noexcept {
  return guarded([&] {
    give(info_of(required(classifier, "classifier")), info,
         GFNET_SIZE_WITH(gfnet_classifier_info, precision), "info");
  });
}

gfnet_error* gfnet_classifier_prepare(gfnet_classifier* classifier, int64_t batch) noexcept {
  return guarded([&] {
    required(classifier, "classifier").alone([&](gfnet::Classifier& alone) {
      alone.prepare(batch);
    });
  });
}

void gfnet_classifier_free(gfnet_classifier* classifier) noexcept { delete classifier; }
