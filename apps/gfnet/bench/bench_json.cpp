#include <gfnet/libraries.h>

#include <nlohmann/json.hpp>

#include "bench/bench_report.h"
#include "system/paths.h"
#include "terminal/units.h"

namespace app {
namespace {

using gfnet::system::text_of;

using nlohmann::ordered_json;

ordered_json json_of(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json json_of(const gfnet::StartupTiming& t) {
  return {{"batch", t.batch},
          {"device_s", t.device_s},
          {"checkpoint_s", t.checkpoint_s},
          {"graph_s", t.graph_s},
          {"upload_s", t.upload_s},
          {"pipelines_s", t.pipelines_s},
          {"first_run_s", t.first_run_s},
          {"total_s", t.total_s},
          {"pipelines", t.pipelines},
          {"pipeline_cache_loaded", t.pipeline_cache_loaded},
          {"fft_plans", t.fft_plans},
          {"fft_plans_loaded", t.fft_plans_loaded}};
}

ordered_json json_of(const gfnet::Ceilings& c) {
  return {{"fp32_flops_per_second", c.fp32_flops_per_second},
          {"fp16_flops_per_second", json_of(c.fp16_flops_per_second)},
          {"matrix_flops_per_second", json_of(c.matrix_flops_per_second)},
          {"copy_bytes_per_second", c.copy_bytes_per_second}};
}

ordered_json json_of(const BenchReport& report, const gfnet::BatchTiming& t) {
  return {{"batch", t.batch},
          {"runs", t.runs},
          {"median_s", t.median_s},
          {"p95_s", t.p95_s},
          {"min_s", t.min_s},
          {"images_per_second", report.images_per_second(t)},
          {"flops_per_second", report.flops_per_second(t)}};
}

ordered_json json_of(const gfnet::KernelTiming& k) {
  return {{"name", k.name},
          {"kernel", k.kernel},
          {"steps", k.steps},
          {"seconds", k.seconds},
          {"flops", k.flops},
          {"bytes", k.bytes},
          {"flops_per_second", k.flops_per_second()},
          {"bytes_per_second", k.bytes_per_second()},
          {"arithmetic", k.arithmetic},
          {"bound", k.compute_bound() ? "compute" : "memory"},
          {"share", k.share()}};
}

ordered_json json_of(const std::vector<gfnet::KernelTiming>& kernels) {
  auto list = ordered_json::array();
  for (const gfnet::KernelTiming& kernel : kernels) list.push_back(json_of(kernel));
  return list;
}

ordered_json json_of(const gfnet::SpectralTiming& s) {
  auto algorithms = ordered_json::array();
  for (const gfnet::SpectralAlgorithmTiming& algorithm : s.algorithms) {
    algorithms.push_back({{"name", algorithm.name},
                          {"median_s", algorithm.median_s},
                          {"min_s", algorithm.min_s},
                          {"over_first", algorithm.over_first},
                          {"over_copy", algorithm.over_copy}});
  }
  return {{"grid", {s.grid_height, s.grid_width}},
          {"channels", s.channels},
          {"batch", s.batch},
          {"runs", s.runs},
          {"ways", std::move(algorithms)}};
}

ordered_json json_of(const gfnet::BatchMemory& m) {
  return {{"batch", m.batch},
          {"weights_bytes", m.weights_bytes},
          {"arena_bytes", m.arena_bytes},
          {"fft_scratch_bytes", m.fft_scratch_bytes},
          {"host_visible_bytes", m.host_visible_bytes},
          {"host_visible_peak_bytes", m.host_visible_peak_bytes},
          {"peak_bytes", m.peak_bytes},
          {"planned_weights_bytes", m.planned_weights_bytes},
          {"planned_arena_bytes", m.planned_arena_bytes},
          {"bound_bytes", m.bound_bytes}};
}

ordered_json json_of(const ImageTiming& t) {
  return {{"pictures", t.images},
          {"devices", t.devices},
          {"batch", t.batch},
          {"runs", t.runs},
          {"reading_s", t.reading_s},
          {"labelling_s", t.labelling_s},
          {"labelling_over_reading", t.ratio()}};
}

ordered_json json_of(const gfnet::DeviceDescription& device) {
  return {{"name", device.name},
          {"driver", device.driver},
          {"type", device.type},
          {"api_version", device.api_version}};
}

ordered_json json_of(const ScalingPoint& point) {
  const gfnet::SpectralScaling& spectral = point.spectral;
  ordered_json json{{"grid", extent(spectral.grid, spectral.grid)},
                    {"tokens", spectral.grid * spectral.grid},
                    {"spectral_kernel", spectral.kernel},
                    {"spectral_runs", spectral.runs},
                    {"spectral_s", spectral.seconds},
                    {"spectral_per_token_ns", spectral.seconds_per_token * 1e9},
                    {"spectral_growth", spectral.growth}};
  const bool fits = point.block.has_value();
  json["block_runs"] = fits ? point.block->runs : 0;
  json["block_s"] = fits ? ordered_json(point.block->seconds) : nullptr;
  json["block_peak_bytes"] = fits ? ordered_json(point.block->peak_bytes) : nullptr;
  if (!fits) json["block_too_large"] = point.too_large;
  return json;
}

}  // namespace

std::string to_json(const ScalingReport& report) {
  ordered_json document{{"gfnet", {{"version", gfnet::version()}}},
                        {"device", json_of(report.device)},
                        {"channels", gfnet::ScalingBenchmark::kChannels},
                        {"batch", report.batch},
                        {"precision", "fp32"}};
  for (const ScalingPoint& point : report.points) document["scaling"].push_back(json_of(point));
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string to_json(const BenchReport& report) {
  const gfnet::ModelDescription& model = report.model;
  ordered_json document{{"gfnet", {{"version", gfnet::version()}}},
                        {"device", json_of(report.device)},
                        {"model",
                         {{"name", text_of(model.path.filename())},
                          {"parameters", model.parameters},
                          {"macs_per_image", model.macs},
                          {"image", {model.input_channels, model.image_height, model.image_width}},
                          {"precision", report.precision}}}};
  if (report.startup) document["startup"] = json_of(*report.startup);
  if (report.ceilings) document["ceilings"] = json_of(*report.ceilings);
  if (report.latency) document["latency"] = json_of(report, *report.latency);
  for (const gfnet::BatchTiming& timing : report.throughput) {
    document["throughput"].push_back(json_of(report, timing));
  }
  if (report.kernels) {
    document["kernels"] = {{"batch", report.kernels->batch},
                           {"runs", report.kernels->runs},
                           {"wall_s", report.kernels->wall_s},
                           {"steps", json_of(report.kernels->steps)},
                           {"by_kernel", json_of(report.kernels->by_kernel)}};
  }
  for (const gfnet::SpectralTiming& timing : report.spectral) {
    document["spectral"].push_back(json_of(timing));
  }
  if (report.memory) document["memory"] = json_of(*report.memory);
  if (report.images) document["pictures"] = json_of(*report.images);
  // A file name need not be valid UTF-8.
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace app
