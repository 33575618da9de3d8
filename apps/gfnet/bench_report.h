#pragma once

#include <gfnet/gfnet.h>

#include <optional>
#include <string>
#include <vector>

#include "picture_timing.h"

namespace app {

/// What `gfnet bench` has measured; what was not asked for is absent.
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
  /// Of the smallest and the largest batch.
  std::vector<gfnet::SpectralTiming> spectral;
  std::optional<gfnet::BatchMemory> memory;
  std::optional<PictureTiming> pictures;

  double images_per_second(const gfnet::BatchTiming& timing) const;
  /// The arithmetic that the architecture asks for, a multiply-add being two: what engines can be
  /// compared by.
  double flops_per_second(const gfnet::BatchTiming& timing) const;
};

/// A block at one resolution.
struct ScalingPoint {
  gfnet::SpectralScaling spectral;
  /// Absent where it is beyond the device; then what is, and why.
  std::optional<gfnet::BlockScaling> block;
  std::string too_large;
};

/// What `gfnet bench --scaling` has measured.
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
