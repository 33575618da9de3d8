#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "gfnet/classifier.h"
#include "support/context_fixture.h"
#include "support/random.h"

namespace gfnet::test {

/// Options for the device under test, with the validation layer if the tests want it.
inline ClassifierOptions classifier_options() {
  ClassifierOptions options;
  options.device = wanted_device();
  options.validation = wants_validation();
  return options;
}

/// Fails for each message that the validation layer has for the classifier.
inline void check_silent(const Classifier& classifier) {
  for (const std::string& message : classifier.validation_messages()) FAIL_CHECK(message);
}

/// Random normalised images for a model: [images, C, H, W].
inline std::vector<float> random_tensor(const Model& model, std::int64_t images, Random& random) {
  const ModelDescription& d = model.description();
  return random.normal(images * d.input_channels * d.image_height * d.image_width);
}

}  // namespace gfnet::test
