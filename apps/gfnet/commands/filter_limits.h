#pragma once

#include <gfnet/explain.h>
#include <gfnet/model.h>

#include <cstdint>
#include <span>

namespace app {

/// Ensures that a small checkpoint does not take much time or memory to draw: one of 3 MB can have
/// thousands of layers, and one of 3 KB a filter of 4 million numbers. The limits grow with the
/// size of the checkpoint, so that a large network can be drawn with every channel. Throws
/// UsageError, with an option that helps, if a drawing is beyond them.
///
/// layers: the layers to draw, without their kernels. channels: number of channels to draw of each.
void check_filter_drawing(const gfnet::ModelDescription& model,
                          std::span<const gfnet::LayerFilter> layers, std::int64_t channels);

}  // namespace app
