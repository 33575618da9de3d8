#pragma once

#include <functional>

#include "bench/bench_report.h"

namespace app {

/// Repeats the measurement of the GFNet paper's efficiency figure (Rao et al. 2021, figure 4) on
/// the device. Measures the spectral layer and a whole block on square grids. grids[i]: number of
/// tokens along a side of the i-th grid. If a block is too large for the device, the report says
/// so. Once the run is interrupted(), no further blocks are measured. keep: called with the report
/// so far before each block.
ScalingReport measure_scaling(gfnet::ScalingBenchmark& benchmark,
                              const std::vector<std::int64_t>& grids, std::int64_t batch,
                              const gfnet::MeasurementBudget& budget,
                              const std::function<void(const ScalingReport&)>& keep);

}  // namespace app
