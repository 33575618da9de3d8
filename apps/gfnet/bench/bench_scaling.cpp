#include "bench/bench_scaling.h"

#include <fmt/format.h>
#include <gfnet/error.h>

#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {

ScalingReport measure_scaling(gfnet::ScalingBenchmark& benchmark,
                              const std::vector<std::int64_t>& grids, std::int64_t batch,
                              const gfnet::MeasurementBudget& budget,
                              const std::function<void(const ScalingReport&)>& keep) {
  StatusLine status;
  ScalingReport report;
  report.device = benchmark.device();
  report.batch = batch;
  status.show("spectral layer on every grid");
  for (const gfnet::SpectralScaling& spectral : benchmark.spectral(grids, batch, budget)) {
    report.points.push_back({spectral, std::nullopt, ""});
  }
  for (ScalingPoint& point : report.points) {
    keep(report);
    if (interrupted()) break;
    status.show(fmt::format("block of {}² tokens", point.spectral.grid));
    try {
      point.block = benchmark.block(point.spectral.grid, batch, budget);
    } catch (const gfnet::TooLargeError& error) {
      point.too_large = error.what();
    }
  }
  return report;
}

}  // namespace app
