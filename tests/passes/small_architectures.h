#pragma once

#include <vector>

#include "support/synthetic_checkpoint.h"

namespace gfnet::test {

/// A flat network with an even width, a pyramid, and a network of one token.
inline std::vector<Architecture> small_architectures() {
  Architecture flat;
  flat.grid_height = 5;
  flat.grid_width = 6;  // even: the imaginary part of column W/2 must be ignored
  flat.stages = {{2, 6, 2, 10}};
  Architecture pyramid;
  pyramid.pyramid = true;
  pyramid.layer_scale = true;
  pyramid.grid_height = 7;
  pyramid.grid_width = 9;
  pyramid.stages = {{2, 5, 1, 8}, {2, 7, 2, 9}, {3, 4, 1, 4}};
  Architecture single;
  single.grid_height = single.grid_width = 1;
  single.input_channels = 1;
  single.classes = 1;
  return {flat, pyramid, single};
}

}  // namespace gfnet::test
