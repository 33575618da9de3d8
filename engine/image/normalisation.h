#pragma once

#include <vector>

namespace gfnet::image {

/// What becomes of a value v in 0…255: (v / 255 − mean) / std of its channel. One entry a channel:
/// three for RGB, one for grey.
struct Normalisation {
  std::vector<float> mean;
  std::vector<float> std;
};

}  // namespace gfnet::image
