#pragma once

#include <vector>

#include "gfnet/benchmark.h"
#include "kernels/spectral_layer.h"
#include "runtime/device_context.h"

namespace gfnet::bench {

/// Times a spectral layer with random weights, once for each graph::SpectralForm that the device
/// supports. Also times a copy of the layer's input tensor, for comparison. choices: the measured
/// choices to plan the layer with. Throws UnsupportedError if the device has no timestamps.
SpectralTiming time_spectral_layer(runtime::DeviceContext& context,
                                   const kernels::SpectralLayer& layer, std::int64_t batch,
                                   const kernels::MeasuredChoices& choices,
                                   const MeasurementBudget& budget);

/// Returns for each candidate the median and the least time. Also returns over_first and over_copy:
/// the medians, over all rounds, of the candidate's time divided by the time of the first candidate
/// and of the last one. seconds[i][round]: the time of candidate names[i] in one round; a round
/// runs each candidate once. The last name must be "copy".
std::vector<SpectralAlgorithmTiming> compare_algorithms(
    const std::vector<std::string>& names, const std::vector<std::vector<double>>& seconds);

}  // namespace gfnet::bench
