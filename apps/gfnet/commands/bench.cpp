#include <fmt/format.h>
#include <gfnet/gfnet.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <set>

#include "bench/bench_report.h"
#include "bench/bench_scaling.h"
#include "command_line/command.h"
#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "inputs/inputs.h"
#include "inputs/overwrite.h"
#include "output/replaced_file.h"
#include "system/paths.h"
#include "terminal/end_in_time.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {
namespace {

using gfnet::system::text_of;

/// Value of --sections that selects no section, so that only --pictures is measured.
const std::string kNone = "none";
const std::vector<std::string> kSections{"startup", "ceilings", "latency", "throughput",
                                         "kernels", "spectral", "memory",  kNone};

struct BenchOptions {
  std::string model;
  std::string weights;
  std::string device;
  std::string precision = "auto";
  std::string tuning = "auto";
  std::optional<gfnet::ImageSize> size;
  std::vector<std::int64_t> batches;
  gfnet::MeasurementBudget budget;
  std::vector<std::string> sections{kSections.begin(), kSections.end() - 1};
  std::vector<std::string> images;
  bool scaling = false;
  std::vector<std::int64_t> grids{28, 56, 84, 112, 140, 168};
  bool json = false;
  std::string output;

  bool wants(const std::string& section) const {
    return std::ranges::find(sections, section) != sections.end();
  }
};

/// The default batch sizes: 1, 2, 4, … below the device's default batch size, then that size.
std::vector<std::int64_t> default_batches(const gfnet::Benchmark& benchmark) {
  std::vector<std::int64_t> batches;
  for (std::int64_t batch = 1; batch < benchmark.default_batch(); batch *= 2) {
    batches.push_back(batch);
  }
  batches.push_back(benchmark.default_batch());
  return batches;
}

gfnet::ClassifierOptions classifier_options(const BenchOptions& options) {
  gfnet::ClassifierOptions result;
  result.device = options.device;
  result.precision = precision_of(options.precision);
  result.tuning = tuning_of(options.tuning);
  result.image_size = options.size;
  return result;
}

template <typename Report>
std::string text_of(const Report& report, bool as_json) {
  return as_json ? to_json(report) : to_text(report);
}

/// What is left of a run that is interrupted: the report of what was measured until then.
class ReportSoFar {
 public:
  ReportSoFar(const BenchOptions& options, const ReplacedFile& file)
      : options_(options), file_(file), end_([this] {
          if (!text_.empty()) file_.write(text_);
          say();
        }) {}

  template <typename Report>
  void keep(const Report& report) {
    const WholeStep step;
    text_ = text_of(report, options_.json);
  }
  /// Writes the last report. Returns the exit status. validation: the status after the messages of
  /// the validation layer.
  int finish(int validation) {
    const WholeStep step;
    file_.write(text_);
    const bool is_cut = interrupted();
    if (is_cut) say();
    const int status = validation == kAllDone && is_cut ? kInterrupted : validation;
    end_.decide(status);
    return status;
  }

 private:
  void say() const {
    say_notice(text_.empty() ? "interrupted before anything was measured"
                             : "interrupted; the report holds only what was measured before");
  }

  const BenchOptions& options_;
  const ReplacedFile& file_;
  std::string text_;
  EndInTime end_;
};

BenchReport measure(gfnet::Benchmark& benchmark, const BenchOptions& options, ReportSoFar& so_far) {
  const std::vector<std::int64_t> batches =
      options.batches.empty() ? default_batches(benchmark) : options.batches;
  // Report what the device cannot do before spending minutes on the rest.
  for (const std::int64_t batch : batches) benchmark.check_batch(batch);
  for (const char* section : {"kernels", "spectral"}) {
    if (options.wants(section) && !benchmark.device().timestamps) {
      throw gfnet::UnsupportedError(
          fmt::format("timing kernels (leave '{}' out of --sections)", section),
          benchmark.device().name);
    }
  }
  const auto [smallest, largest] = std::ranges::minmax(batches);

  StatusLine status;
  BenchReport report;
  // After an interrupt the remaining sections are left out.
  const auto wants = [&](const std::string& section) {
    so_far.keep(report);
    return options.wants(section) && !interrupted();
  };
  report.device = benchmark.device();
  report.model = benchmark.model().description();
  report.precision = gfnet::name_of(benchmark.precision());
  if (wants("startup")) {
    status.show("start-up");
    report.startup = benchmark.startup(1);
  }
  if (wants("ceilings")) {
    status.show("device ceilings");
    report.ceilings = benchmark.ceilings();
  }
  if (wants("latency")) {
    status.show("latency");
    report.latency = benchmark.time(1, options.budget);
  }
  if (wants("throughput")) {
    for (const std::int64_t batch : batches) {
      so_far.keep(report);
      if (interrupted()) break;
      status.show(fmt::format("throughput, batch {}", batch));
      const bool is_known = report.latency && report.latency->batch == batch;
      report.throughput.push_back(is_known ? *report.latency
                                           : benchmark.time(batch, options.budget));
    }
  }
  if (wants("kernels")) {
    status.show(fmt::format("kernels, batch {}", largest));
    report.kernels = benchmark.time_kernels(largest, options.budget);
  }
  if (wants("spectral")) {
    for (const std::int64_t batch : std::set{smallest, largest}) {
      if (interrupted()) break;
      status.show(fmt::format("spectral layers, batch {}", batch));
      std::ranges::move(benchmark.time_spectral(batch, options.budget),
                        std::back_inserter(report.spectral));
    }
  }
  if (wants("memory")) {
    status.show(fmt::format("memory, batch {}", largest));
    report.memory = benchmark.memory(largest);
  }
  if (!options.images.empty() && !interrupted()) {
    status.show(fmt::format("images, batch {}", largest));
    ModelOptions model_options;
    model_options.device = options.device;
    model_options.precision = options.precision;
    model_options.tuning = options.tuning;
    model_options.batch = largest;
    Classifiers classifiers = open_devices(benchmark.model(), model_options, {.top_k = 1});
    const ImageTiming timing =
        time_images(options.images, classifiers, options.budget.runs > 0 ? options.budget.runs : 3);
    if (!interrupted()) report.images = timing;
  }
  return report;
}

/// Measures. Returns the messages of the validation layer.
std::vector<std::string> run_model(const BenchOptions& options,
                                   gfnet::ClassifierOptions classifier_options,
                                   ReportSoFar& so_far) {
  const bool only_images = !options.images.empty() && options.sections == std::vector{kNone};
  const std::vector<gfnet::DeviceDescription> devices = gfnet::select_devices(options.device);
  if (devices.size() > 1 && !only_images) {
    throw UsageError("bench takes several devices only with --sections none --pictures");
  }
  classifier_options.device = std::to_string(devices.front().index);
  gfnet::Benchmark benchmark(model_path(options.model), classifier_options,
                             {.weights = options.weights});
  so_far.keep(measure(benchmark, options, so_far));
  return benchmark.validation_messages();
}

std::vector<std::string> run_scaling(const BenchOptions& options,
                                     const gfnet::ClassifierOptions& classifier_options,
                                     ReportSoFar& so_far) {
  gfnet::ScalingBenchmark benchmark(classifier_options);
  const std::int64_t batch = options.batches.empty() ? 1 : options.batches.front();
  so_far.keep(measure_scaling(benchmark, options.grids, batch, options.budget,
                              [&](const ScalingReport& report) { so_far.keep(report); }));
  return benchmark.validation_messages();
}

int run(const BenchOptions& options) {
  if (options.wants(kNone) && options.sections.size() > 1) {
    throw UsageError("bench: --sections: none excludes all other sections");
  }
  if (options.scaling && options.batches.size() > 1) {
    throw UsageError("bench: --scaling takes one --batch");
  }
  if (Inputs::read_stdin(options.images)) {
    throw UsageError(
        "bench: --pictures are read several times, but a list on stdin can be read only once");
  }
  const OverwriteGuard overwrite({options.output},
                                 {options.scaling ? "" : text_of(model_path(options.model))});
  overwrite.check_inputs(options.images, {options.output});
  const ReplacedFile file(options.output);
  ReportSoFar so_far(options, file);
  const gfnet::ClassifierOptions chosen = classifier_options(options);
  const std::vector<std::string> messages =
      options.scaling ? run_scaling(options, chosen, so_far) : run_model(options, chosen, so_far);
  return so_far.finish(report_validation(messages));
}

}  // namespace

void add_bench(CommandLine& line) {
  Command command =
      line.add("bench", "Measure start-up, latency, throughput, every kernel and memory");
  auto options = std::make_shared<BenchOptions>();
  command
      .option("--model", options->model,
              "Checkpoint (.pth or .safetensors); default: the bundled model")
      .takes(ValueKind::kModel);
  add_weights_option(command, options->weights);
  add_device_option(command, options->device);
  add_precision_option(command, options->precision);
  add_tuning_option(command, options->tuning);
  add_size_option(command, options->size);
  command
      .option("--batch", options->batches,
              "Batch sizes for throughput, separated by commas. kernels and memory use the "
              "largest; spectral uses the smallest and the largest. Default: 1,2,4,… up to "
              "what suits the device")
      .comma_separated()
      .range(std::int64_t{1}, std::int64_t{65535});
  command
      .option("--runs", options->budget.runs,
              "Runs per measurement; default: as many as fit into --seconds, at least 3")
      .range(std::int64_t{1}, std::int64_t{1'000'000});
  command.option("--seconds", options->budget.seconds, "Time for the runs of one measurement")
      .show_default()
      .range(1e-3, 3600.0);
  command
      .option("--sections", options->sections,
              "What to measure, separated by commas: startup, ceilings, latency, "
              "throughput, kernels, spectral, memory (default: all of these); or none")
      .comma_separated()
      .one_of(kSections);
  command
      .option("--pictures", options->images,
              "Image files or folders to read and label as well: shows how much of the "
              "device's work is hidden behind reading")
      .takes(ValueKind::kPath);
  const Option scaling =
      command
          .flag("--scaling", options->scaling,
                "Measure a block of 384 channels on square token grids instead of a model")
          .excludes({"--model", "--weights", "--size", "--sections", "--pictures"});
  command
      .option("--grids", options->grids,
              "With --scaling: tokens per side, separated by commas; default: "
              "28,56,84,112,140,168")
      .comma_separated()
      .needs(scaling)
      .range(std::int64_t{1}, std::int64_t{1024});
  command.flag("--json", options->json, "Print JSON");
  command.option("--output", options->output, "File for the report; default: stdout")
      .takes(ValueKind::kFile);
  command.interruptible_action([options] { return run(*options); });
}

}  // namespace app
