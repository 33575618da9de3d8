#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/operation.h"
#include "weights/checkpoint.h"

namespace gfnet::model {

/// A run of blocks on one token grid, and the convolution that makes the grid.
struct Stage {
  graph::Extent patch;
  graph::Extent grid;
  std::int64_t channels = 0;
  std::int64_t depth = 0;
  /// Width of the hidden layer of every block, in order.
  std::vector<std::int64_t> mlp_widths;
};

/// A GFNet's architecture (Rao et al. 2021, table 1), as its tensors tell it.
struct Config {
  /// Flat models have one stage; pyramids several, with a convolution before each.
  bool pyramid = false;
  bool layer_scale = false;
  std::int64_t input_channels = 0;
  /// Smallest image that fills the first stage's grid.
  graph::Extent image;
  std::vector<Stage> stages;
  std::int64_t classes = 0;

  std::int64_t depth() const;
};

/// Reads the architecture off the tensors' names and shapes.
/// Throws FormatError naming file and tensor where the checkpoint holds no GFNet, a tensor is
/// missing, has another shape than its neighbours demand, or is no part of a GFNet.
Config infer_config(const weights::Checkpoint& checkpoint);

/// Multiply-accumulate operations of one image, as the paper counts them: convolutions, matrix
/// products, and an FFT of N points as N·log2 N.
double count_macs(const Config& config);

/// Elements of all tensors.
std::int64_t count_parameters(const weights::Checkpoint& checkpoint);

/// "blocks.2.0." for a pyramid's block, "blocks.2." for a flat model's.
std::string block_prefix(const Config& config, std::size_t stage, std::int64_t block);
/// "patch_embed.1.proj." for a pyramid's stage, "patch_embed.proj." for a flat model.
std::string patch_embed_prefix(const Config& config, std::size_t stage);

}  // namespace gfnet::model
