#pragma once

#include <vector>

#include "gfnet/benchmark.h"
#include "kernels/spectral_layer.h"
#include "runtime/device_context.h"

namespace gfnet::runtime {

/// Times a spectral layer with random weights on each spectral path that the device supports. Also
/// times a copy of the layer's tensor, for comparison. choices: select the kernels. Throws
/// UnsupportedError if the device has no timestamps.
SpectralTiming time_spectral_layer(DeviceContext& context, const plan::SpectralLayer& layer,
                                   std::int64_t batch, const plan::Choices& choices,
                                   const MeasurementBudget& budget);

/// Order statistics of runs in rounds, each with one run per name. seconds[i][round]: the time of
/// names[i]. The last name is "copy".
std::vector<SpectralWayTiming> compare_ways(const std::vector<std::string>& names,
                                            const std::vector<std::vector<double>>& seconds);

}  // namespace gfnet::runtime
