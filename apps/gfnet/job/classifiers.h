#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "command_line/options.h"

namespace app {

/// The classifiers of a labelling job, one for each device that --device names. The devices share
/// the inputs of the job. open_devices() makes this object.
///
/// A repeated, resumed or sharded run must give the same bytes, but devices round differently.
/// Therefore only the number of an input in the job (Input::number) decides which device labels the
/// input. It does not matter which device is free or how batches are formed. Each device gets its
/// share of every range of inputs, also within most shards. (With 34, 55 or 89 shards, which are
/// Fibonacci numbers, one device labels long ranges of a shard.) The disadvantage: if one device is
/// too slow for its share, the other devices wait for this device. --device 0,0,1 gives device 0
/// two of three shares.
class Classifiers {
 public:
  /// Makes the classifier for a device. device: index of the device (DeviceDescription::index).
  using Open = std::function<gfnet::Classifier(std::uint32_t device)>;

  /// Calls open() for each of `devices`. shares: for each entry of --device, the index in `devices`
  /// of this entry. A device that is named twice has one classifier and gets two shares of the
  /// inputs. batch: the value of --batch, or 0 if --batch is not given. Throws what open() throws,
  /// and gfnet::UnsupportedError if a device cannot run the model at all.
  Classifiers(std::vector<std::uint32_t> devices, Open open, std::vector<std::size_t> shares,
              std::int64_t batch);

  /// Replaces classifier i, whose device was lost, by a new one for the same device. References to
  /// the classifier stay valid. Throws what gfnet::Classifier throws, and gfnet::NoDeviceError if
  /// another device now has this index. After an exception, classifier i must not be used any more.
  void reopen(std::size_t i);

  std::size_t size() const { return classifiers_.size(); }
  gfnet::Classifier& operator[](std::size_t i) { return classifiers_[i]; }
  const gfnet::Classifier& operator[](std::size_t i) const { return classifiers_[i]; }

  /// Returns the index of the classifier that labels an input. number: Input::number.
  std::size_t of(std::uint64_t number) const;
  /// Batch size of classifier i: the value of --batch or, if --batch is not given, the default
  /// batch size of the device. Less than --batch, if operations on so many images could keep a GPU
  /// busy for long (gfnet::Classifier::short_batch); a notice was then written to stderr.
  std::int64_t batch(std::size_t i) const { return batches_[i]; }

  /// Name of the device of classifier i.
  const std::string& device_name(std::size_t i) const { return names_[i]; }
  /// Names of all devices, for messages: "llvmpipe (LLVM 15.0.6, 256 bits) and SwiftShader Device
  /// (Subzero)".
  std::string device_names() const;
  /// All precisions in use, separated by commas: "fp32" or "fp32, fp16".
  std::string precisions() const;
  std::vector<std::string> validation_messages() const;

 private:
  std::vector<std::uint32_t> devices_;
  Open open_;
  std::vector<gfnet::Classifier> classifiers_;
  std::vector<std::string> names_;
  /// Of classifiers that were replaced.
  std::vector<std::string> earlier_messages_;
  std::vector<std::size_t> shares_;
  std::vector<std::int64_t> batches_;
};

/// What a job wants to know of each image, beyond the logits.
struct Wanted {
  /// Number of most probable classes.
  std::int64_t top_k = 5;
  gfnet::Scores scores = gfnet::Scores::kSoftmax;
  /// Whether to fill gfnet::Classification::features.
  bool features = false;
};

/// Opens each device that --device names and makes one classifier for it. Compiles no pipelines:
/// DeviceLane compiles the pipelines of a device for the first batch of this device. Throws what
/// gfnet::select_devices and gfnet::Classifier throw. `model` must outlive the classifiers.
Classifiers open_devices(const gfnet::Model& model, const ModelOptions& options,
                         const Wanted& wanted);

}  // namespace app
