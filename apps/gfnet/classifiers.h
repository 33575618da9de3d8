#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "options.h"

namespace app {

/// One classifier for each device of --device. They share a job.
///
/// Devices round differently. If chance decided which device labels an input, a repeated, resumed
/// or sharded run would not give the same bytes. Therefore the device depends only on the input's
/// number, not on which device is free and not on batches. Each device gets its share of every
/// range of a job and of most shards. (One of 34, 55 or 89 shards, Fibonacci numbers, stays with
/// one device for long ranges.) The price: the others wait for a device that is slower than its
/// share. --device 0,0,1 gives device 0 two shares.
class Classifiers {
 public:
  /// Throws what select_devices and Classifier throw.
  Classifiers(const gfnet::Model& model, const ModelOptions& options, std::int64_t top_k);

  std::size_t size() const { return classifiers_.size(); }
  gfnet::Classifier& operator[](std::size_t i) { return classifiers_[i]; }
  const gfnet::Classifier& operator[](std::size_t i) const { return classifiers_[i]; }

  /// Index of the classifier that labels the input with this number in the job.
  std::size_t of(std::uint64_t number) const;
  /// Batch size of classifier i: --batch, or else its device's default.
  std::int64_t batch(std::size_t i) const;

  /// "llvmpipe (LLVM 15.0.6, 256 bits) and SwiftShader Device (Subzero)".
  std::string device_names() const;
  /// "fp32", or all precisions in use, separated by commas.
  std::string precisions() const;
  std::vector<std::string> validation_messages() const;

 private:
  std::vector<gfnet::Classifier> classifiers_;
  /// For each equal share of the job, the index of its classifier.
  std::vector<std::size_t> shares_;
  std::int64_t batch_;
};

}  // namespace app
