#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "graph/operation.h"

namespace gfnet::model {

/// A run of blocks on one token grid, with the patch convolution that produces the grid.
struct Stage {
  graph::Extent patch;
  graph::Extent grid;
  std::int64_t channels = 0;
  std::int64_t depth = 0;
  /// Width of the MLP's hidden layer in each block, in order of the blocks.
  std::vector<std::int64_t> mlp_widths;
};

/// A GFNet's architecture (Rao et al. 2021, table 1), inferred from the checkpoint's tensors.
struct Config {
  /// Flat models have one stage, pyramids several. A patch convolution precedes each stage.
  bool pyramid = false;
  bool layer_scale = false;
  std::int64_t input_channels = 0;
  /// The network's image size, in pixels: the first stage's grid times its patch size.
  graph::Extent image;
  std::vector<Stage> stages;
  /// 0 if the network has no head.
  std::int64_t classes = 0;

  /// Number of blocks in all stages.
  std::int64_t depth() const;
};

/// Infers the architecture from the tensors' names and shapes.
/// Throws FormatError naming file and tensor if the checkpoint holds no GFNet, or if a tensor is
/// missing, does not belong to a GFNet, or has a shape that contradicts the other tensors.
Config infer_config(const checkpoint::Checkpoint& checkpoint);

/// Multiply-accumulate operations of one image, as the paper counts them: convolutions, matrix
/// products, and an FFT of N points as N·log2 N.
double count_macs(const Config& config);

/// Number of elements of all tensors.
std::int64_t count_parameters(const checkpoint::Checkpoint& checkpoint);

/// Prefix of a block's tensor names: "blocks.2.0." in a pyramid, "blocks.2." in a flat model.
std::string block_prefix(const Config& config, std::size_t stage, std::int64_t block);
/// Prefix of a stage's patch tensors: "patch_embed.1.proj." in a pyramid, "patch_embed.proj." in a
/// flat model.
std::string patch_embed_prefix(const Config& config, std::size_t stage);

}  // namespace gfnet::model
