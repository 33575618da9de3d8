#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "bench/bench_report.h"
#include "terminal/table.h"

namespace app {
namespace {

/// The value with three significant digits, but at most four decimals: "0.0123", "1.23", "12.3",
/// "123".
std::string digits(double value) {
  const double size = std::abs(value);
  const int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", value == 0 ? 0 : decimals, value);
  return text;
}

/// The value with an SI prefix and the unit: 1.23e10 gives "12.3 G" and then the unit.
std::string scaled(double value, const char* unit) {
  static constexpr std::array<const char*, 6> kPrefixes{"", "k", "M", "G", "T", "P"};
  std::size_t power = 0;
  for (; power + 1 < kPrefixes.size() && std::abs(value) >= 999.5; ++power) value /= 1000;
  return digits(value) + " " + kPrefixes[power] + unit;
}

std::string milliseconds(double seconds) { return digits(seconds * 1e3) + " ms"; }

std::string binary(std::uint64_t bytes) {
  const auto size = static_cast<double>(bytes);
  if (bytes >= 1 << 20) return digits(size / (1 << 20)) + " MiB";
  return bytes >= 1 << 10 ? digits(size / (1 << 10)) + " KiB" : std::to_string(bytes) + " B";
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

std::string batch_text(std::int64_t batch) { return "batch " + std::to_string(batch); }

std::string head(const BenchReport& report) {
  const gfnet::ModelDescription& m = report.model;
  return gfnet::printable(m.path.filename().string()) + ": " +
         scaled(static_cast<double>(m.parameters), " parameters") + ", " + scaled(m.macs, "MAC") +
         " per image of " + std::to_string(m.input_channels) + "×" +
         std::to_string(m.image_height) + "×" + std::to_string(m.image_width) + ", " +
         report.precision + "\n" + report.device.name + ": " + report.device.driver + ", Vulkan " +
         report.device.api_version + "\n";
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
             std::to_string(t.pipelines) + " pipelines" + cache +
                 "; FFT plans: " + std::to_string(t.fft_plans) + ", " +
                 std::to_string(t.fft_plans_loaded) + " from disk"});
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

/// Latency and throughput: one row per batch size.
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
  return table.text() + "the kernels take " + milliseconds(sum) + " of a run's " +
         milliseconds(k.wall_s) + "; --json lists every step\n";
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
    const std::string layer = std::to_string(t.grid_height) + "×" + std::to_string(t.grid_width) +
                              "×" + std::to_string(t.channels);
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
  table.add({"weights", binary(m.weights_bytes), binary(m.planned_weights_bytes)});
  table.add({"arena", binary(m.arena_bytes), binary(m.planned_arena_bytes)});
  table.add({"VkFFT", binary(m.fft_scratch_bytes), ""});
  table.add({"peak on the device", binary(m.peak_bytes), "≤ " + binary(m.bound_bytes)});
  table.add({"host-visible", binary(m.host_visible_bytes), ""});
  table.add({"host-visible, peak", binary(m.host_visible_peak_bytes), ""});
  return table.text();
}

std::string text_of(const ImageTiming& t) {
  Table table({{std::to_string(t.images) + " images", Align::kLeft},
               {"time", Align::kRight},
               {"images/s", Align::kRight}});
  const auto add = [&](const char* name, double seconds) {
    table.add({name, milliseconds(seconds), digits(static_cast<double>(t.images) / seconds)});
  };
  add("reading and decoding alone", t.reading_s);
  add(("labelling, " + batch_text(t.batch)).c_str(), t.labelling_s);
  return table.text() + "labelling on " + t.devices + " takes " + digits(t.ratio()) +
         " times as long as reading\n";
}

/// The time in nanoseconds, as text. It is used for times per token.
std::string nanoseconds(double seconds) { return digits(seconds * 1e9) + " ns"; }

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
    text += "\n" + timings_text(report) +
            "from submission to results; the input is random numbers on the device\n";
  }
  if (report.kernels) text += "\n" + text_of(*report.kernels);
  if (!report.spectral.empty()) {
    text += "\n" + text_of(report.spectral) + "one layer, fp32; the candidates take turns\n";
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
    const std::string side = std::to_string(spectral.grid);
    table.add({side + "×" + side, milliseconds(spectral.seconds),
               nanoseconds(spectral.seconds_per_token), digits(spectral.growth) + "×",
               spectral.kernel, block ? milliseconds(block->seconds) : "too large",
               block ? binary(block->peak_bytes) : ""});
    if (!block) refusals += "block of " + side + "×" + side + ": " + too_large + "\n";
  }
  return report.device.name + ": " + report.device.driver + ", Vulkan " +
         report.device.api_version + "\n\n" + table.text() + "one block of " +
         std::to_string(gfnet::ScalingBenchmark::kChannels) + " channels, " +
         batch_text(report.batch) +
         ", fp32, random weights; kernel times on the device's clock.\n"
         "spectral layer: both normalisations, transforms and filter; growth: its time per token "
         "relative to the first grid\n" +
         refusals;
}

}  // namespace app
