#pragma once

#include <vector>

#include "model/config.h"
#include "model/model_metadata.h"

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

/// What the metadata say, else the defaults. Defaults of mean and std: ImageNet's values for three
/// input channels, the average of these for one channel, 0 and 1 for any other number. image: the
/// size that the network runs at, which decides the default crop ratio.
Preprocessing make_preprocessing(const Metadata& metadata, const Config& config,
                                 const graph::Extent& image);

}  // namespace gfnet::model
