#pragma once

#include <gfnet/benchmark.h>
#include <gfnet/gfnet.h>
#include <gfnet/scaling.h>

#include <optional>
#include <string>
#include <vector>

#include "bench/image_timing.h"

namespace app {

/// The measurements of `gfnet bench`. A section is absent if it was not requested, or if the run
/// was interrupted before it.
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
  /// Times of the candidates for each distinct spectral layer of the model, measured at the
  /// smallest and at the largest batch size.
  std::vector<gfnet::SpectralTiming> spectral;
  std::optional<gfnet::BatchMemory> memory;
  std::optional<ImageTiming> images;

  double images_per_second(const gfnet::BatchTiming& timing) const;
  /// Rate in FLOP/s. Counts the operations that the network's architecture needs, not the
  /// operations that this engine runs, so that engines can be compared. A multiply-add counts as
  /// two operations.
  double flops_per_second(const gfnet::BatchTiming& timing) const;
};

/// The measurements at one grid size of the scaling benchmark.
struct ScalingPoint {
  gfnet::SpectralScaling spectral;
  /// Absent in two cases. If the block is too large for the device, too_large holds the reason. If
  /// the run was interrupted before the block was measured, too_large is empty.
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
