#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "command_line/options.h"

namespace app {

/// One classifier for each device that --device names; open_devices() makes them. They share a
/// labelling job.
///
/// A repeated, resumed or sharded run must give the same bytes, but devices round differently.
/// Therefore an input's number in the job (Input::number) alone decides which device labels it. It
/// does not matter which device is free or how batches are formed. Each device gets its share of
/// every range of inputs, also within most shards. (With 34, 55 or 89 shards, which are Fibonacci
/// numbers, a shard stays with one device for long ranges.) The price: if one device is too slow
/// for its share, the other devices wait for it. --device 0,0,1 gives device 0 two of three shares.
class Classifiers {
 public:
  /// shares: for each entry of --device, the index of its classifier. A device that is named twice
  /// has one classifier and gets two shares of the inputs. batch: the value of --batch, or 0.
  Classifiers(std::vector<gfnet::Classifier> classifiers, std::vector<std::size_t> shares,
              std::int64_t batch);

  std::size_t size() const { return classifiers_.size(); }
  gfnet::Classifier& operator[](std::size_t i) { return classifiers_[i]; }
  const gfnet::Classifier& operator[](std::size_t i) const { return classifiers_[i]; }

  /// Returns the index of the classifier that labels an input. number: Input::number.
  std::size_t of(std::uint64_t number) const;
  /// Batch size of classifier i: the value of --batch, or the default of the device if --batch is
  /// not given.
  std::int64_t batch(std::size_t i) const;

  /// Names of all devices, for messages: "llvmpipe (LLVM 15.0.6, 256 bits) and SwiftShader Device
  /// (Subzero)".
  std::string device_names() const;
  /// All precisions in use, separated by commas: "fp32" or "fp32, fp16".
  std::string precisions() const;
  std::vector<std::string> validation_messages() const;

 private:
  std::vector<gfnet::Classifier> classifiers_;
  std::vector<std::size_t> shares_;
  std::int64_t batch_;
};

/// Opens every device that --device names, with a classifier of its own. Compiles no pipelines:
/// a device compiles them for its first batch (DeviceLane). Throws what gfnet::select_devices and
/// gfnet::Classifier throw.
Classifiers open_devices(const gfnet::Model& model, const ModelOptions& options,
                         std::int64_t top_k);

}  // namespace app
