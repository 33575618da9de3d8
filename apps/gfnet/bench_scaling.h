#pragma once

#include "bench_report.h"

namespace app {

/// The paper's efficiency figure (Rao et al. 2021, figure 4) for the device: a block on square
/// grids of so many tokens a side.
ScalingReport measure_scaling(gfnet::ScalingBenchmark& benchmark,
                              const std::vector<std::int64_t>& grids, std::int64_t batch,
                              const gfnet::MeasurementBudget& budget);

}  // namespace app
