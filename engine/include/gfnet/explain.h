#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gfnet/export.h"
#include "gfnet/model.h"

/// Explanations of a network as numbers: where in an image a class comes from, what a layer does to
/// the frequencies, and the learned filters. gfnet/drawing.h draws them.
namespace gfnet {

/// Explanations that a classifier computes in addition to its results. The results do not change.
/// One run of a batch's recorded commands computes the results and the explanations.
struct ExplainOptions {
  /// Fill Classification::class_maps: one map for each class in Classification::top. The device
  /// selects the classes itself.
  bool class_maps = false;
  /// If set together with class_maps: make a map of this class only.
  std::optional<std::int64_t> class_index;
  /// Fill Classification::spectrum for this block, counted from 0 over all stages.
  std::optional<std::int64_t> layer;

  friend bool operator==(const ExplainOptions&, const ExplainOptions&) = default;
};

/// Shows where in an image a class comes from: what each token contributes to the class's logit.
/// GFNet's head is linear, and the head's input is the mean over the last grid's tokens. The logit
/// is therefore the mean of the head's products with each token, plus the head's bias for the
/// class. This is exact, not an approximation (Zhou et al. 2016, eq. 2).
struct ClassMap {
  /// The class.
  std::int64_t index = 0;
  /// The last stage's grid, in tokens.
  std::int64_t height = 0;
  std::int64_t width = 0;
  /// Contribution of each token, [height, width], in units of the logit. The mean of all values is
  /// the logit minus the head's bias for the class.
  std::vector<float> values;
};

/// The magnitudes of the frequencies in a block, before and after the block's global filter K:
/// |rfft2(LN1(x))| and |K ⊙ rfft2(LN1(x))|, each averaged over the channels (Rao et al. 2021, eq.
/// 3). The transform is orthonormal.
struct LayerSpectrum {
  std::int64_t layer = 0;
  /// Grid of the block's stage, in tokens.
  std::int64_t height = 0;
  std::int64_t width = 0;
  /// Mean magnitudes, [height, width]: full planes, with frequency (0, 0) at [height/2, width/2].
  std::vector<float> before;
  std::vector<float> after;
};

/// Number of blocks in all stages.
GFNET_API std::int64_t layer_count(const ModelDescription& model);

/// A block's learned global filter.
struct LayerFilter {
  std::int64_t layer = 0;
  /// Name of the block in the checkpoint, such as "blocks.2.0".
  std::string name;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;
  /// The complex filter K, [height, width/2+1, channels, 2]. The last axis holds the real and the
  /// imaginary part.
  std::vector<float> kernel;
};

/// Returns the filter of block `layer`, interpolated to the model's resolution if the checkpoint
/// has another one. Blocks are counted from 0 over all stages. Throws ArgumentError if there is no
/// such block.
GFNET_API LayerFilter layer_filter(const Model& model, std::int64_t layer);

/// Magnitudes |K| of one channel's filter. Returns [height, width], with frequency (0, 0) at
/// [height/2, width/2]. Throws ArgumentError if there is no such channel, or if the size of the
/// filter's kernel does not match.
GFNET_API std::vector<float> filter_magnitude(const LayerFilter& filter, std::int64_t channel);
/// The filter of one channel in the spatial domain: the kernel of the equivalent circular
/// convolution over the grid, irfft2(K) with the factor 1/(H·W) of the inverse transform.
/// Returns [height, width], with shift (0, 0) at [height/2, width/2]. Throws as filter_magnitude()
/// does.
GFNET_API std::vector<float> spatial_kernel(const LayerFilter& filter, std::int64_t channel);

/// Expands the half spectrum of a real transform to a full plane: |X[h, w]| = |X[−h, −w]|. half:
/// magnitudes [height, width/2+1], with frequency (0, 0) first.
/// Returns [height, width], with frequency (0, 0) at [height/2, width/2]. Throws
/// ArgumentError if the size of `half` does not match height and width.
GFNET_API std::vector<float> full_plane(std::span<const float> half, std::int64_t height,
                                        std::int64_t width);

/// A rectangle in an image, in pixels; pixel x spans [x, x + 1). The edges of the rectangle may lie
/// inside pixels.
struct Region {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
};

/// The part of an image that the network sees after resize and crop, as a region of the image
/// before the resize. width, height: size of the image before the resize. Throws ArgumentError if
/// one of them is 0.
GFNET_API Region seen_region(const ModelDescription& model, std::uint32_t width,
                             std::uint32_t height);

}  // namespace gfnet
