#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/random.h"
#include "weights/checkpoint.h"

namespace gfnet::test {

/// A GFNet of any architecture with random weights, as a checkpoint in memory.
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

/// Tensors by name, to be changed before they become a checkpoint.
struct Tensor {
  Shape shape;
  std::vector<float> values;
};
using Tensors = std::map<std::string, Tensor>;

/// Weights of a trained network's magnitudes; filters are not Hermitian where a real grid's
/// spectrum is.
Tensors synthetic_tensors(const Architecture& architecture, Random& random);

weights::Checkpoint make_checkpoint(Tensors tensors,
                                    std::map<std::string, std::string> metadata = {});

inline weights::Checkpoint synthetic_checkpoint(const Architecture& architecture, Random& random) {
  return make_checkpoint(synthetic_tensors(architecture, random));
}

}  // namespace gfnet::test
