#pragma once

#include <vector>

#include "gfnet/benchmark.h"
#include "plan/spectral_layer.h"
#include "runtime/device_context.h"

namespace gfnet::runtime {

/// Times a layer on each path that the device can take, with random weights, and a copy of its
/// tensor. choices: which kernels to take. Throws UnsupportedError without timestamps.
SpectralTiming time_spectral_layer(DeviceContext& context, const plan::SpectralLayer& layer,
                                   std::int64_t batch, const plan::Choices& choices,
                                   const MeasurementBudget& budget);

/// The order statistics of interleaved runs: seconds[way][round], ways as in `names`, "copy" the
/// last.
std::vector<SpectralWayTiming> compare_ways(const std::vector<std::string>& names,
                                            const std::vector<std::vector<double>>& seconds);

}  // namespace gfnet::runtime
