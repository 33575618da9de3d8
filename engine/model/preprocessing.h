#pragma once

#include <string>
#include <vector>

#include "model/config.h"

namespace gfnet::model {

/// How a photograph becomes the network's input.
struct Preprocessing {
  /// Per input channel, on values scaled to 0…1.
  std::vector<float> mean;
  std::vector<float> std;
  /// Side of the crop over the side of the resized image: 224/256 as the paper measured; 1 for
  /// inputs of 32 px and less, which are not enlarged first.
  double crop_ratio = 224.0 / 256.0;
};

/// What the checkpoint's metadata says (`preprocessing`, a JSON object with mean, std, crop_ratio),
/// and the ImageNet values for whatever it leaves open. Inputs with neither one nor three channels
/// have no such default: mean 0, std 1. image: the size the network runs at, if not its own; the
/// default crop ratio follows it. Throws FormatError if the metadata is malformed.
Preprocessing read_preprocessing(const weights::Checkpoint& checkpoint, const Config& config,
                                 const graph::Extent& image);
inline Preprocessing read_preprocessing(const weights::Checkpoint& checkpoint,
                                        const Config& config) {
  return read_preprocessing(checkpoint, config, config.image);
}

/// The labels in the checkpoint's metadata (`labels`, a JSON array of strings), empty if it has
/// none. Throws FormatError if they are malformed or their number is not that of the classes.
std::vector<std::string> read_labels(const weights::Checkpoint& checkpoint, const Config& config);

}  // namespace gfnet::model
