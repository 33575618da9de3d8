#include <gfnet/gfnet.h>

#include <algorithm>
#include <cstdio>

#include "command_line/command.h"
#include "command_line/options.h"
#include "commands/compiled_report.h"
#include "inputs/overwrite.h"
#include "system/paths.h"

namespace app {
namespace {

using gfnet::system::text_of;

/// Prints the compiled pipelines. Returns kNoDevice if the device cannot build a pipeline that the
/// plan uses, else kAllDone.
int report(const std::vector<gfnet::CompiledPipeline>& pipelines, bool as_json) {
  std::puts((as_json ? compiled_json(pipelines) : compiled_table(pipelines)).c_str());
  const bool complete = std::ranges::none_of(
      pipelines, [](const auto& p) { return p.steps > 0 && !p.refusal.empty(); });
  return complete ? kAllDone : kNoDevice;
}

}  // namespace

void add_plan(CommandLine& line) {
  struct Options {
    std::string model;
    std::string weights;
    std::string device;
    std::optional<gfnet::ImageSize> size;
    std::string precision = "auto";
    std::int64_t batch = 1;
    bool json = false;
    bool compile = false;
    bool all_kernels = false;
  };
  Command command =
      line.add("plan", "Show what a checkpoint compiles to: kernels, thread counts, memory");
  auto options = std::make_shared<Options>();
  add_model_option(command, options->model, "Checkpoint; default: the bundled model");
  add_weights_option(command, options->weights);
  add_device_option(command, options->device);
  add_size_option(command, options->size);
  add_precision_option(command, options->precision);
  command.option("--batch", options->batch, "Images per batch")
      .range(std::int64_t{1}, std::int64_t{65535});
  command.flag("--json", options->json, "Print JSON");
  const Option compile = command.flag(
      "--compile", options->compile,
      "Build every pipeline without running it, and show the driver's statistics of its code");
  command
      .flag("--all-kernels", options->all_kernels,
            "With --compile: every kernel of the library instead of the plan's")
      .needs(compile);
  command.action([options]() -> int {
    check_single_device("plan", options->device);
    if (options->all_kernels) {
      return report(gfnet::compile_all_kernels(options->device), options->json);
    }
    OverwriteGuard::check_streams({text_of(model_path(options->model))});
    gfnet::ClassifierOptions classifier_options;
    classifier_options.device = options->device;
    classifier_options.precision = precision_of(options->precision);
    const gfnet::Classifier classifier(load_model(options->model, options->weights, options->size),
                                       classifier_options);
    if (options->compile) {
      return report(classifier.compile_plan(options->batch), options->json);
    }
    if (options->json) {
      std::puts(classifier.plan_json(options->batch).c_str());
    } else {
      std::printf("%s on %s\n\n%s",
                  text_of(classifier.model().description().path.filename()).c_str(),
                  device_name(classifier).c_str(), classifier.plan_text(options->batch).c_str());
    }
    return kAllDone;
  });
}

}  // namespace app
