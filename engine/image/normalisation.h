#pragma once

#include <vector>

namespace gfnet::image {

/// Maps a value v in 0…255 to (v / 255 − mean) / std. mean and std have one entry for each input
/// channel of the network: three for RGB, one for grey.
struct Normalisation {
  std::vector<float> mean;
  std::vector<float> std;
};

}  // namespace gfnet::image
