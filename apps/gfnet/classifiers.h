#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "options.h"

namespace app {

/// One classifier for each device of --device, to share a job.
///
/// Devices round differently, so that who labels an input must not hang on chance, or no run could
/// be repeated, gone on with or split to the byte. So it depends on the input's number alone: not
/// on which device is free, and not on batches. Numbers are spread so that devices get their shares
/// of any stretch of a job, and of most of its shards (one of 34, 55 or 89, Fibonacci's numbers,
/// goes to one device for long stretches). The price: a device that is slower than its share makes
/// the others wait; --device 0,0,1 gives device 0 two shares.
class Classifiers {
 public:
  /// Throws as select_devices and Classifier do.
  Classifiers(const gfnet::Model& model, const ModelOptions& options, std::int64_t top_k);

  std::size_t size() const { return classifiers_.size(); }
  gfnet::Classifier& operator[](std::size_t i) { return classifiers_[i]; }
  const gfnet::Classifier& operator[](std::size_t i) const { return classifiers_[i]; }

  /// Which classifier labels this input of a job.
  std::size_t of(std::uint64_t number) const;
  /// What the classifier takes at a time: --batch, or what suits its device.
  std::int64_t batch(std::size_t i) const;

  /// "llvmpipe (LLVM 15.0.6, 256 bits) and SwiftShader Device (Subzero)".
  std::string device_names() const;
  /// "fp32", or all there are with commas between.
  std::string precisions() const;
  std::vector<std::string> validation_messages() const;

 private:
  std::vector<gfnet::Classifier> classifiers_;
  /// One an equal share: whose it is.
  std::vector<std::size_t> shares_;
  std::int64_t batch_;
};

}  // namespace app
