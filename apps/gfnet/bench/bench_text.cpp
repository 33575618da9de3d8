#include <fmt/format.h>
#include <gfnet/table.h>

#include <algorithm>

#include "bench/bench_report.h"
#include "system/paths.h"
#include "terminal/units.h"

namespace app {
namespace {

using gfnet::system::text_of;

using gfnet::Align;
using gfnet::Table;

std::string batch_text(std::int64_t batch) { return fmt::format("batch {}", batch); }

std::string text_of(const gfnet::DeviceDescription& device) {
  return fmt::format("{}: {}, Vulkan {}\n", device.name, device.driver, device.api_version);
}

std::string head(const BenchReport& report) {
  const gfnet::ModelDescription& m = report.model;
  return fmt::format(
             "{}: {}, {} per image of {}×{}, {}\n", gfnet::printable(text_of(m.path.filename())),
             scaled(static_cast<double>(m.parameters), " parameters"), scaled(m.macs, "MAC"),
             m.input_channels, extent(m.image_height, m.image_width), report.precision) +
         text_of(report.device);
}

std::string text_of(const gfnet::StartupTiming& t) {
  const std::string cache = t.pipeline_cache_loaded ? ", cache loaded from disk" : "";
  Table table({{"start-up, " + batch_text(t.batch), Align::kLeft},
               {"time", Align::kRight},
               {"", Align::kLeft}});
  table.add({"Vulkan instance and device", milliseconds(t.device_s), ""});
  table.add({"checkpoint", milliseconds(t.checkpoint_s), ""});
  table.add({"graph and passes", milliseconds(t.graph_s), ""});
  table.add({"weight upload", milliseconds(t.upload_s), ""});
  table.add({"pipelines, FFT plans, recording", milliseconds(t.pipelines_s),
             fmt::format("{} pipelines{}; FFT plans: {}, {} from disk", t.pipelines, cache,
                         t.fft_plans, t.fft_plans_loaded)});
  table.add({"first run", milliseconds(t.first_run_s), ""});
  table.add({"total", milliseconds(t.total_s), ""});
  return table.text();
}

std::string text_of(const gfnet::Ceilings& c) {
  const auto rate = [](const std::optional<double>& flops) {
    return flops ? scaled(*flops, "FLOP/s") : "none";
  };
  Table table({{"ceiling", Align::kLeft}, {"measured", Align::kRight}});
  table.add({"fp32 multiply-add", rate(c.fp32_flops_per_second)});
  table.add({"fp16 multiply-add", rate(c.fp16_flops_per_second)});
  table.add({"matrix units", rate(c.matrix_flops_per_second)});
  table.add({"copy, bytes read and written", scaled(c.copy_bytes_per_second, "B/s")});
  return table.text();
}

/// Table of latency and throughput, with one row per batch size.
std::string timings_text(const BenchReport& report) {
  std::vector<gfnet::BatchTiming> timings = report.throughput;
  const auto is_latency = [&](const gfnet::BatchTiming& t) {
    return t.batch == report.latency->batch;
  };
  if (report.latency && std::ranges::none_of(timings, is_latency)) {
    timings.insert(timings.begin(), *report.latency);
  }
  Table table({{"batch", Align::kRight},
               {"median", Align::kRight},
               {"p95", Align::kRight},
               {"minimum", Align::kRight},
               {"runs", Align::kRight},
               {"images/s", Align::kRight},
               {"arithmetic", Align::kRight}});
  for (const gfnet::BatchTiming& t : timings) {
    table.add({std::to_string(t.batch), milliseconds(t.median_s), milliseconds(t.p95_s),
               milliseconds(t.min_s), std::to_string(t.runs), digits(report.images_per_second(t)),
               scaled(report.flops_per_second(t), "FLOP/s")});
  }
  return table.text();
}

std::string text_of(const gfnet::KernelTimings& k) {
  double sum = 0;
  for (const gfnet::KernelTiming& kernel : k.by_kernel) sum += kernel.seconds;
  Table table({{"kernel, " + batch_text(k.batch), Align::kLeft},
               {"steps", Align::kRight},
               {"time", Align::kRight},
               {"share", Align::kRight},
               {"arithmetic", Align::kRight},
               {"memory", Align::kRight},
               {"of ceiling", Align::kRight},
               {"bound by", Align::kLeft}});
  for (const gfnet::KernelTiming& kernel : k.by_kernel) {
    table.add({kernel.kernel, std::to_string(kernel.steps), milliseconds(kernel.seconds),
               percent(sum > 0 ? kernel.seconds / sum : 0),
               scaled(kernel.flops_per_second(), "FLOP/s"),
               scaled(kernel.bytes_per_second(), "B/s"), percent(kernel.share()),
               kernel.compute_bound() ? kernel.arithmetic + " compute" : "memory"});
  }
  return table.text() + fmt::format("the kernels take {} of a run's {}; --json lists every step\n",
                                    milliseconds(sum), milliseconds(k.wall_s));
}

/// Table with one row for each candidate of each spectral layer.
std::string text_of(const std::vector<gfnet::SpectralTiming>& timings) {
  Table table({{"norm and filter", Align::kLeft},
               {"batch", Align::kRight},
               {"candidate", Align::kLeft},
               {"median", Align::kRight},
               {"minimum", Align::kRight},
               {"rounds", Align::kRight},
               {"vs. first", Align::kRight},
               {"vs. copy", Align::kRight}});
  for (const gfnet::SpectralTiming& t : timings) {
    const std::string layer = fmt::format("{}×{}×{}", t.grid_height, t.grid_width, t.channels);
    for (const gfnet::SpectralAlgorithmTiming& algorithm : t.algorithms) {
      table.add({layer, std::to_string(t.batch), algorithm.name, milliseconds(algorithm.median_s),
                 milliseconds(algorithm.min_s), std::to_string(t.runs),
                 digits(algorithm.over_first) + "×", digits(algorithm.over_copy) + "×"});
    }
  }
  return table.text();
}

std::string text_of(const gfnet::BatchMemory& m) {
  Table table({{"memory, " + batch_text(m.batch), Align::kLeft},
               {"allocated", Align::kRight},
               {"planned", Align::kRight}});
  table.add({"weights", used_memory(m.weights_bytes), used_memory(m.planned_weights_bytes)});
  table.add({"arena", used_memory(m.arena_bytes), used_memory(m.planned_arena_bytes)});
  table.add({"VkFFT", used_memory(m.fft_scratch_bytes), ""});
  table.add({"peak on the device", used_memory(m.peak_bytes), "≤ " + used_memory(m.bound_bytes)});
  table.add({"host-visible", used_memory(m.host_visible_bytes), ""});
  table.add({"host-visible, peak", used_memory(m.host_visible_peak_bytes), ""});
  return table.text();
}

std::string text_of(const ImageTiming& t) {
  Table table({{fmt::format("{} images", t.images), Align::kLeft},
               {"time", Align::kRight},
               {"images/s", Align::kRight}});
  const auto add = [&](const char* name, double seconds) {
    table.add({name, milliseconds(seconds), digits(static_cast<double>(t.images) / seconds)});
  };
  add("reading and decoding alone", t.reading_s);
  add(("labelling, " + batch_text(t.batch)).c_str(), t.labelling_s);
  return table.text() + fmt::format("labelling on {} takes {} times as long as reading\n",
                                    t.devices, digits(t.ratio()));
}

}  // namespace

double BenchReport::images_per_second(const gfnet::BatchTiming& timing) const {
  return static_cast<double>(timing.batch) / timing.median_s;
}

double BenchReport::flops_per_second(const gfnet::BatchTiming& timing) const {
  return 2 * model.macs * images_per_second(timing);
}

std::string to_text(const BenchReport& report) {
  std::string text = head(report);
  if (report.startup) text += "\n" + text_of(*report.startup);
  if (report.ceilings) text += "\n" + text_of(*report.ceilings);
  if (report.latency || !report.throughput.empty()) {
    text +=
        fmt::format("\n{}from submission to results; the input is random numbers on the device\n",
                    timings_text(report));
  }
  if (report.kernels) text += "\n" + text_of(*report.kernels);
  if (!report.spectral.empty()) {
    text +=
        fmt::format("\n{}one layer, fp32; the candidates take turns\n", text_of(report.spectral));
  }
  if (report.memory) text += "\n" + text_of(*report.memory);
  if (report.images) text += "\n" + text_of(*report.images);
  return text;
}

std::string to_text(const ScalingReport& report) {
  Table table({{"tokens", Align::kRight},
               {"spectral layer", Align::kRight},
               {"per token", Align::kRight},
               {"growth", Align::kRight},
               {"kernel", Align::kLeft},
               {"block", Align::kRight},
               {"device memory", Align::kRight}});
  std::string refusals;
  for (const auto& [spectral, block, too_large] : report.points) {
    const std::string grid = extent(spectral.grid, spectral.grid);
    table.add({grid, milliseconds(spectral.seconds), nanoseconds(spectral.seconds_per_token),
               digits(spectral.growth) + "×", spectral.kernel,
               block ? milliseconds(block->seconds) : "too large",
               block ? used_memory(block->peak_bytes) : ""});
    if (!block) refusals += fmt::format("block of {}: {}\n", grid, too_large);
  }
  return fmt::format(
      "{}\n{}one block of {} channels, {}, fp32, random weights; kernel times on the device's "
      "clock.\n"
      "spectral layer: both normalisations, transforms and filter; growth: its time per token "
      "relative to the first grid\n{}",
      text_of(report.device), table.text(), gfnet::ScalingBenchmark::kChannels,
      batch_text(report.batch), refusals);
}

}  // namespace app
