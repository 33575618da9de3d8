#include "api/classifications.h"

#include <algorithm>
#include <cmath>

#include "api/explanation.h"
#include "api/features.h"

namespace gfnet {

const char* fault_of(const Classification& result) {
  const auto is_finite = [](float value) { return std::isfinite(value); };
  return std::ranges::all_of(result.logits, is_finite) &&
                 std::ranges::all_of(result.features, is_finite)
             ? nullptr
             : "the network's result is not finite";
}

}  // namespace gfnet

namespace gfnet::api {
namespace {

/// Row `index` of a matrix with `rows` rows.
std::vector<float> row_of(const std::vector<float>& matrix, std::size_t rows, std::size_t index) {
  const auto width = static_cast<std::ptrdiff_t>(matrix.size() / rows);
  const auto begin = matrix.begin() + static_cast<std::ptrdiff_t>(index) * width;
  return {begin, begin + width};
}

/// The logistic function. The computation in double leaves one rounding to float.
float sigmoid(float logit) {
  return static_cast<float>(1 / (1 + std::exp(-static_cast<double>(logit))));
}

/// means: as for features_of().
void add_features(const std::vector<float>& means, const Model& model,
                  std::vector<Classification>& results) {
  const std::vector<float> features = features_of(means, model);
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].features = row_of(features, results.size(), i);
  }
}

}  // namespace

std::vector<Classification> classifications(const runtime::BatchOutputs& of, const Model& model,
                                            const ExplainOptions& explain, Scores scores) {
  if (of.batch == 0) return {};
  const std::size_t batch = static_cast<std::size_t>(of.batch);
  if (!model.has_head()) {
    std::vector<Classification> results(batch);
    add_features(of.outputs.front(), model, results);
    return results;
  }
  const std::vector<float>& pairs = of.outputs[kTopKOutput];
  const std::size_t row = pairs.size() / batch;
  std::vector<Classification> results(batch);
  for (std::size_t i = 0; i < batch; ++i) {
    results[i].logits = row_of(of.outputs[kLogitsOutput], batch, i);
    for (std::size_t at = i * row; at < (i + 1) * row; at += 2) {
      const auto index = static_cast<std::int64_t>(pairs[at]);
      // The logistic function keeps the order, so the classes that the device has found are right.
      const float probability = scores == Scores::kSigmoid
                                    ? sigmoid(results[i].logits[static_cast<std::size_t>(index)])
                                    : pairs[at + 1];
      results[i].top.push_back({index, model.label_of(index), probability,
                                model.short_label_of(index), model.synset_of(index)});
    }
  }
  std::size_t next = kFirstExtraOutput;
  if (explain.class_maps) {
    add_class_maps(of.outputs[next++], explain, model.description(), results);
  }
  if (explain.layer) {
    add_spectra(of.outputs[next++], *explain.layer, model.description(), results);
  }
  if (next < of.outputs.size()) add_features(of.outputs[next], model, results);
  return results;
}

}  // namespace gfnet::api
