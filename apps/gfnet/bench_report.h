#pragma once

#include <gfnet/gfnet.h>

#include <optional>
#include <string>
#include <vector>

#include "picture_timing.h"

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
  /// For the smallest and the largest batch.
  std::vector<gfnet::SpectralTiming> spectral;
  std::optional<gfnet::BatchMemory> memory;
  std::optional<PictureTiming> pictures;

  double images_per_second(const gfnet::BatchTiming& timing) const;
  /// FLOP/s that the architecture asks for, at two operations per multiply-add. It is comparable
  /// between engines.
  double flops_per_second(const gfnet::BatchTiming& timing) const;
};

/// One grid of the scaling benchmark.
struct ScalingPoint {
  gfnet::SpectralScaling spectral;
  /// Absent if the block is too large for the device; too_large then says why.
  std::optional<gfnet::BlockScaling> block;
  std::string too_large;
};

/// The measurements of `gfnet bench --scaling`.
struct ScalingReport {
  gfnet::DeviceDescription device;
  std::int64_t batch = 0;
  std::vector<ScalingPoint> points;
};

/// For machines: a JSON document.
std::string to_json(const BenchReport& report);
std::string to_json(const ScalingReport& report);
/// For people: tables.
std::string to_text(const BenchReport& report);
std::string to_text(const ScalingReport& report);

}  // namespace app
