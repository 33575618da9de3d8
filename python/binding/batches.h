#pragma once

#include <gfnet/classifier.h>

#include <cstddef>
#include <exception>
#include <mutex>
#include <span>
#include <vector>

#include "interruptible.h"
#include "sources.h"

namespace binding {

/// What became of an image: its result, or the reason why it has none.
struct Outcome {
  gfnet::Classification result;
  /// A gfnet::FormatError, gfnet::UnsupportedError or gfnet::Error about this image. Null if there
  /// is a result.
  std::exception_ptr error;
};

/// A model on a device, and whose turn it is to use it.
struct Device {
  /// Throws as gfnet::Classifier does, and if the device cannot run the model at all.
  Device(const gfnet::Model& model, const gfnet::ClassifierOptions& options)
      : classifier(model, options) {
    classifier.check_batch(1);
    batch = static_cast<std::size_t>(classifier.default_batch());
  }

  std::mutex mutex;  // guards `classifier`, but not its model, which never changes
  gfnet::Classifier classifier;
  /// Images of a full batch.
  std::size_t batch = 1;
};

/// Classifies images in batches. While the device computes a batch, the next one is decoded, on all
/// cores. Returns the outcome of each image, in order. Results do not depend on how images are
/// batched. If memory runs out, goes on with smaller batches. Several threads may call this
/// function for the same device: the device takes the calls one after another, and decodes no more
/// than a batch of each meanwhile.
///
/// If `stop` is requested, returns early, and the outcomes mean nothing. is_strict: if an image has
/// no result, stops at the next batch; the outcomes of the images after the first error then mean
/// nothing. Throws gfnet::VulkanError if the device fails, and gfnet::UnsupportedError if it cannot
/// run the model.
std::vector<Outcome> classify_in_batches(Device& device, std::span<const Source> sources,
                                         bool is_strict, const Stop& stop);

}  // namespace binding
