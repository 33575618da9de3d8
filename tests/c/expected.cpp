#include "expected.h"

#include <gfnet/gfnet.h>

#include <algorithm>
#include <cstdlib>

expected expected_of(const char* model, const char* image, int64_t height, int64_t width,
                     int sigmoid) {
  gfnet::ClassifierOptions options;
  const char* const device = std::getenv("GFNET_DEVICE");
  options.device = device == nullptr ? "" : device;
  options.features = true;
  options.top_k = TOP;
  if (height != 0) options.image_size = gfnet::ImageSize{height, width};
  if (sigmoid != 0) options.scores = gfnet::Scores::kSigmoid;
  gfnet::Classifier classifier(gfnet::Model::load(model), options);
  const gfnet::Image whole = gfnet::load_image(image);
  const gfnet::Classification result = classifier.classify({&whole, 1}).front();

  expected to{};
  to.logit_count = result.logits.size();
  to.feature_count = result.features.size();
  if (to.logit_count > MOST_NUMBERS || to.feature_count > MOST_NUMBERS) std::abort();
  std::ranges::copy(result.logits, to.logits);
  std::ranges::copy(result.features, to.features);
  for (std::size_t i = 0; i < TOP; ++i) {
    to.classes[i] = result.top.at(i).index;
    to.probabilities[i] = result.top.at(i).probability;
  }
  return to;
}
