#pragma once

#include <span>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "graph/operation.h"
#include "model/config.h"

namespace gfnet::model {

/// How m grid points are resampled to n grid points along one axis, as in
/// torch.nn.functional.interpolate. The formulas give the position on the old axis.
enum class Alignment {
  /// The outermost points coincide: new point i lies at i·(m − 1)/(n − 1) (align_corners=True).
  kCorners,
  /// Points are the centres of cells, and the outer edges of the cells coincide: new point i lies
  /// at (i + ½)·m/n − ½, limited to the outermost centres (align_corners=False).
  kEdges,
};

/// Bilinear interpolation of a grid to another size, for each channel separately, computed in
/// double. values: [from.height, from.width, channels].
/// Returns [to.height, to.width, channels].
std::vector<float> interpolate(std::span<const float> values, const graph::Extent& from,
                               const graph::Extent& to, std::int64_t channels, Alignment alignment);

/// The product of the patch sizes of all stages, in pixels. The network can run at image sizes that
/// are multiples of this product.
graph::Extent resolution_step(const Config& config);

/// The checkpoint for images of another size. config: the checkpoint's own. Interpolates pos_embed
/// and every complex filter (real and imaginary parts separately) bilinearly to the new grids (Rao
/// et al. 2021, section 3.2). Filters use kCorners and keep their outermost frequencies; pos_embed
/// uses kEdges, as in the authors' fine-tuning code. All other tensors are shared with the
/// checkpoint. Throws ArgumentError if `image` is not a multiple of resolution_step(), or if an
/// interpolated tensor would exceed 4 GiB, the largest storage buffer in Vulkan.
checkpoint::Checkpoint at_resolution(const checkpoint::Checkpoint& checkpoint, const Config& config,
                                     const graph::Extent& image);

}  // namespace gfnet::model
