#pragma once

#include "bench_report.h"

namespace app {

/// Measures the paper's efficiency figure (Rao et al. 2021, figure 4) on the device: the spectral
/// layer and a whole block on square grids of grids[i] tokens a side. A block that is too large for
/// the device is noted in the report. Measures no further blocks once the run is interrupted().
ScalingReport measure_scaling(gfnet::ScalingBenchmark& benchmark,
                              const std::vector<std::int64_t>& grids, std::int64_t batch,
                              const gfnet::MeasurementBudget& budget);

}  // namespace app
