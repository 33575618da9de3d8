#pragma once

#include <string>
#include <vector>

#include "model/config.h"

namespace gfnet::model {

/// How an image is prepared as the network's input.
struct Preprocessing {
  /// Normalisation of each input channel, for values scaled to 0…1.
  std::vector<float> mean;
  std::vector<float> std;
  /// Side of the crop divided by the side of the resized image: 224/256 as in the paper. For
  /// network inputs of at most 32 px the default is 1: the image is resized to the input's size.
  double crop_ratio = 224.0 / 256.0;
};

/// Reads the checkpoint's metadata `preprocessing`, a JSON object with mean, std and crop_ratio.
/// Defaults of mean and std: ImageNet's values for three input channels, the average of these for
/// one channel, 0 and 1 for any other number. image: the size that the network runs at, which
/// decides the default crop ratio. Throws FormatError if the metadata is malformed.
Preprocessing read_preprocessing(const checkpoint::Checkpoint& checkpoint, const Config& config,
                                 const graph::Extent& image);
inline Preprocessing read_preprocessing(const checkpoint::Checkpoint& checkpoint,
                                        const Config& config) {
  return read_preprocessing(checkpoint, config, config.image);
}

/// Reads the checkpoint's metadata `labels`, a JSON array of strings. Empty if the metadata has no
/// labels. Throws FormatError if the array is malformed or its length differs from the number of
/// classes.
std::vector<std::string> read_labels(const checkpoint::Checkpoint& checkpoint,
                                     const Config& config);

}  // namespace gfnet::model
