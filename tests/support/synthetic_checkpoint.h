#pragma once

#include <map>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "support/random.h"

namespace gfnet::test {

/// The sizes of a synthetic GFNet.
struct Architecture {
  struct Stage {
    std::int64_t patch = 2;
    std::int64_t channels = 8;
    std::int64_t depth = 1;
    std::int64_t mlp_width = 16;
  };
  bool pyramid = false;
  bool layer_scale = false;
  std::int64_t input_channels = 3;
  std::int64_t grid_height = 4;
  std::int64_t grid_width = 4;
  std::vector<Stage> stages = std::vector<Stage>(1);
  std::int64_t classes = 5;
};

/// A dense float tensor, which a test may change before make_checkpoint().
struct Tensor {
  Shape shape;
  std::vector<float> values;
};
/// Tensors by name.
using Tensors = std::map<std::string, Tensor>;

/// Random weights with magnitudes like a trained network's. Unlike the spectrum of a real grid, the
/// filters are not Hermitian in columns 0 and W/2.
Tensors synthetic_tensors(const Architecture& architecture, Random& random);

/// A checkpoint in memory that owns the tensors; its path is "synthetic".
checkpoint::Checkpoint make_checkpoint(Tensors tensors,
                                       std::map<std::string, std::string> metadata = {});

inline checkpoint::Checkpoint synthetic_checkpoint(const Architecture& architecture,
                                                   Random& random) {
  return make_checkpoint(synthetic_tensors(architecture, random));
}

}  // namespace gfnet::test
