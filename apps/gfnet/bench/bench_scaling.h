#pragma once

#include "bench/bench_report.h"

namespace app {

/// Repeats the measurement of the GFNet paper's efficiency figure (Rao et al. 2021, figure 4) on
/// the device. Measures the spectral layer and a whole block on square grids. grids[i]: number of
/// tokens along a side of the i-th grid. If a block is too large for the device, the report says
/// so. Once the run is interrupted(), no further blocks are measured.
ScalingReport measure_scaling(gfnet::ScalingBenchmark& benchmark,
                              const std::vector<std::int64_t>& grids, std::int64_t batch,
                              const gfnet::MeasurementBudget& budget);

}  // namespace app
