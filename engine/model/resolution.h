#pragma once

#include <span>
#include <vector>

#include "graph/operation.h"
#include "model/config.h"
#include "weights/checkpoint.h"

namespace gfnet::model {

/// What stays in place when a grid gets another size. The names and the coordinates are those of
/// torch.nn.functional.interpolate.
enum class Alignment {
  /// The outermost points keep their values: sample i of n lies at i·(m − 1)/(n − 1) of the m given
  /// (align_corners=True).
  kCorners,
  /// Points are the centres of cells, and the cells' outer edges meet: sample i of n lies at
  /// (i + ½)·m/n − ½, which beyond the outermost centre is that centre (align_corners=False).
  kEdges,
};

/// Bilinear interpolation of a grid to another size, each channel for itself, computed in double.
/// values: [from.height, from.width, channels]. Returns [to.height, to.width, channels].
std::vector<float> interpolate(std::span<const float> values, const graph::Extent& from,
                               const graph::Extent& to, std::int64_t channels, Alignment alignment);

/// A network at another resolution has images of a multiple of so many pixels: what the patches and
/// the stages after them divide without a remainder.
graph::Extent resolution_step(const Config& config);

/// The checkpoint for images of another size, the `config` being its own: pos_embed and every
/// complex filter, real and imaginary part each for itself, are interpolated bilinearly to the
/// grids that the image makes (Rao et al. 2021, section 3.2). Filters keep their outermost
/// frequencies, pos_embed its edges, as in the authors' code for fine-tuning. All other tensors are
/// shared with the checkpoint. Throws ArgumentError if `image` is no multiple of resolution_step(),
/// or if one of them would be larger than any Vulkan device binds.
weights::Checkpoint at_resolution(const weights::Checkpoint& checkpoint, const Config& config,
                                  const graph::Extent& image);

}  // namespace gfnet::model
