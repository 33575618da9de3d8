#pragma once

#include <mutex>

#include "gfnet/c/classifier.h"
#include "gfnet/classifier.h"

struct gfnet_classifier {
  gfnet_classifier(const gfnet::Model& model, const gfnet::ClassifierOptions& options);

  /// Calls `work` with the classifier while no other thread uses it.
  template <typename Work>
  auto alone(const Work& work) {
    const std::scoped_lock lock(mutex);
    return work(classifier);
  }

  /// What does not change, so that threads can read it without the mutex.
  const gfnet::Model model;
  const gfnet::DeviceDescription device;
  const gfnet::Precision precision;
  const std::int64_t default_batch;
  const bool has_features;

 private:
  gfnet_classifier(gfnet::Classifier made, bool features);

  gfnet::Classifier classifier;
  std::mutex mutex;
};
