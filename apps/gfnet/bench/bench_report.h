#pragma once

#include <gfnet/gfnet.h>

#include <optional>
#include <string>
#include <vector>

#include "bench/image_timing.h"

namespace app {

/// The measurements of `gfnet bench`. Sections that were not requested, or not reached before an
/// interrupt, are absent.
struct BenchReport {
  gfnet::DeviceDescription device;
  gfnet::ModelDescription model;
  /// "fp32" or "fp16".
  std::string precision;
  std::optional<gfnet::StartupTiming> startup;
  std::optional<gfnet::Ceilings> ceilings;
  std::optional<gfnet::BatchTiming> latency;
  std::vector<gfnet::BatchTiming> throughput;
  std::optional<gfnet::KernelTimings> kernels;
  /// Measured at the smallest and at the largest batch size. Each may give several entries.
  std::vector<gfnet::SpectralTiming> spectral;
  std::optional<gfnet::BatchMemory> memory;
  std::optional<PictureTiming> pictures;

  double images_per_second(const gfnet::BatchTiming& timing) const;
  /// FLOP/s, from the operations that the architecture needs: a multiply-add counts as two. The
  /// figure is comparable between engines.
  double flops_per_second(const gfnet::BatchTiming& timing) const;
};

/// The measurements at one grid size of the scaling benchmark.
struct ScalingPoint {
  gfnet::SpectralScaling spectral;
  /// Absent if the block is too large for the device; too_large then holds the reason.
  std::optional<gfnet::BlockScaling> block;
  std::string too_large;
};

/// The measurements of `gfnet bench --scaling`.
struct ScalingReport {
  gfnet::DeviceDescription device;
  std::int64_t batch = 0;
  std::vector<ScalingPoint> points;
};

/// Returns the report as a JSON document, for programs.
std::string to_json(const BenchReport& report);
std::string to_json(const ScalingReport& report);
/// Returns the report as tables, for people.
std::string to_text(const BenchReport& report);
std::string to_text(const ScalingReport& report);

}  // namespace app
