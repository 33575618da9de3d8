#include "api/classifications.h"

#include <algorithm>
#include <cmath>

#include "api/explanation.h"

namespace gfnet {

const char* fault_of(const Classification& result) {
  const auto is_finite = [](float value) { return std::isfinite(value); };
  return std::ranges::all_of(result.logits, is_finite) ? nullptr
                                                       : "the network's result is not finite";
}

}  // namespace gfnet

namespace gfnet::api {
namespace {

constexpr std::size_t kLogits = 0;
constexpr std::size_t kTopK = 1;
constexpr std::size_t kExplanation = 2;  // class maps, then spectrum; each only if requested

}  // namespace

std::vector<Classification> classifications(const runtime::BatchOutputs& of, const Model& model,
                                            const ExplainOptions& explain) {
  const std::vector<float>& logits = of.outputs[kLogits];
  const std::vector<float>& pairs = of.outputs[kTopK];
  const std::size_t batch = static_cast<std::size_t>(of.batch);
  const std::size_t classes = logits.size() / batch;
  const std::size_t row = pairs.size() / batch;
  std::vector<Classification> results(batch);
  for (std::size_t i = 0; i < batch; ++i) {
    results[i].logits.assign(logits.begin() + static_cast<std::ptrdiff_t>(i * classes),
                             logits.begin() + static_cast<std::ptrdiff_t>((i + 1) * classes));
    for (std::size_t at = i * row; at < (i + 1) * row; at += 2) {
      const auto index = static_cast<std::int64_t>(pairs[at]);
      results[i].top.push_back({index, model.label_of(index), pairs[at + 1],
                                model.short_label_of(index), model.synset_of(index)});
    }
  }
  std::size_t next = kExplanation;
  if (explain.class_maps) {
    add_class_maps(of.outputs[next++], explain, model.description(), results);
  }
  if (explain.layer) {
    add_spectra(of.outputs[next++], *explain.layer, model.description(), results);
  }
  return results;
}

}  // namespace gfnet::api
